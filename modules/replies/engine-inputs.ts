import { choice, flag, input, integer, optionalInput, text } from '../parts/inputs.ts';

const url = text('^https?://\\S+$');

/** How the engine works: each becomes an environment variable (contract replies §7). */
export const ENGINE_INPUTS = {
  publicWebhookUrl: optionalInput(
    url,
    'Address of the webhook as Twilio calls it and signs it, where a domain or a proxy of your own stands before the API; the path ends in /whatsapp. Null: the address of the API.',
  ),
  logLevel: input(
    choice('DEBUG', 'INFO', 'WARNING', 'ERROR'),
    'INFO',
    'Least level of the log lines that are written. No level shows message text or numbers.',
  ),
  dynamodbTtlAttribute: input(
    text('^\\S{1,255}$'),
    'expires_at',
    'Attribute of staged rows and trigger locks with the time from which DynamoDB may delete them.',
  ),
  batchWindowSeconds: input(
    integer(0, 900),
    10,
    'Seconds for which messages of a conversation are gathered before they are answered together.',
  ),
  ttlBufferSeconds: input(
    integer(1, 3_600),
    60,
    'A trigger lock lives for the batch window and this many seconds.',
  ),
  stageTtlSeconds: input(
    integer(1, 31_536_000),
    1_296_000,
    'Seconds for which an unanswered staged row is kept: longer than its trigger can lie in the dead-letter queue.',
  ),
  heartbeatIntervalMs: input(
    integer(1_000, 21_600_000),
    300_000,
    'Milliseconds between heartbeats of the worker. After a hard kill a message is back when two intervals have passed; 30000 is recommended in production.',
  ),
  maxReceiveCount: input(
    integer(1, 1_000),
    5,
    'Deliveries of a trigger before it goes to the dead-letter queue. AWS advises at least 5, as throttled deliveries count.',
  ),
  visibilityTimeoutSeconds: optionalInput(
    integer(90, 43_200),
    "Seconds for which the channel queue hides a message that was taken: at least the worker's timeout; less than 600 only in tests. Null: six times the worker's timeout and at least 600.",
  ),
  invalidSignatureStatus: input(
    choice('403', '200'),
    '403',
    'HTTP status for a webhook whose signature is missing or wrong.',
  ),
  modelProvider: optionalInput(
    text('^\\S+$'),
    'Provider of prompts that name none. Null: as the prompt registry says.',
  ),
  modelBaseUrl: optionalInput(url, 'Address of the model API. Null: that of the provider.'),
  modelTimeoutMs: input(
    integer(1_000, 840_000),
    120_000,
    "Longest wait for an answer of the model, in milliseconds; cut to what is left of the worker's time.",
  ),
  replyFormat: input(
    choice('auto', 'json', 'text'),
    'auto',
    "How the model's text is read: auto takes a JSON object or plain text, json only the object, text everything as it is.",
  ),
  maxBatchChars: input(
    integer(1, 1_000_000),
    12_000,
    'Longest user text of one turn, in characters. What is over waits for the next turn.',
  ),
  maxTurnsPerHour: input(
    integer(1, 10_000),
    30,
    'Turns of one conversation within an hour; the next message goes to a person.',
  ),
  maxReplyParts: input(
    integer(1, 20),
    5,
    'Messages that one reply may be sent as; a longer one goes to a person as a draft.',
  ),
  handoffSendDraft: input(
    flag,
    false,
    'Also send the user the reply with which the model hands over to a person.',
  ),
  sendAmbiguityPolicy: input(
    choice('resend', 'hold'),
    'resend',
    'What happens to a message whose sending was unclear and that Twilio does not list: resend it, or hold it for a person.',
  ),
  archiveAtBytes: input(
    integer(45_000, 300_000),
    102_400,
    'Size of a record from which its oldest messages move to the archive, in bytes.',
  ),
} as const;
