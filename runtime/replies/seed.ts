import { type Item, storedItem } from '../core/dynamodb-values.ts';
import { asList, asRecord, asText, isRecord, type JsonRecord } from '../core/json.ts';
import { isSameAddress, normaliseAddress } from './address.ts';
import { readConversation, timeMillis } from './record.ts';

/** A record that may be written, or everything that is wrong with it. */
export type Seed = { readonly item: Item } | { readonly faults: readonly string[] };

/**
 * Checks a conversation record as the sister service would write it (contract replies §4.1). What follows from the
 * rest is filled in: copies for the index, an empty list of messages, times. Every fault is named with its attribute.
 */
export function readSeed(value: unknown, nowIso: string): Seed {
  if (!isRecord(value)) return { faults: ['the file must hold one JSON object: the record'] };
  const given = readConversation(storedItem(value));
  const filled: JsonRecord = {
    conversation_status: 'template_sent',
    messages: [],
    project_status: 'active',
    allowed_channels: ['whatsapp'],
    created_at: nowIso,
    updated_at: nowIso,
    ...idParts(value),
    ...(given.companyAddress !== undefined && { gsi_company_whatsapp_number: given.companyAddress }),
    gsi_recipient_tel: given.userAddress,
    ...value,
  };
  const faults = [...keyFaults(filled), ...settingFaults(filled), ...stateFaults(filled)];
  return faults.length > 0 ? { faults } : { item: storedItem(filled) };
}

/** Company and project stand in the id; the index of operators goes by them. */
function idParts({ conversation_id }: JsonRecord): JsonRecord {
  const [company_id, project_id, request_id] = (asText(conversation_id) ?? '').split('#');
  return { company_id, project_id, request_id };
}

function keyFaults(record: JsonRecord): readonly string[] {
  const { primary_channel, conversation_id } = record;
  const user = typeof primary_channel === 'string' ? normaliseAddress(primary_channel) : undefined;
  const parts = typeof conversation_id === 'string' ? conversation_id.split('#') : [];
  const company = readConversation(storedItem(record)).companyAddress ?? '';
  const differs = (name: string, part: string | undefined) =>
    record[name] !== part && `${name} must be ${part}, as in conversation_id`;
  return said([
    user === undefined && "primary_channel must be the user's number, for example +15005550006",
    parts.length !== 4 &&
      'conversation_id must be company#project#request#number of the company without plus',
    parts.length === 4 && differs('company_id', parts[0]),
    parts.length === 4 && differs('project_id', parts[1]),
    parts.length === 4 &&
      company !== '' &&
      parts[3] !== company.replace(/\D/g, '') &&
      'conversation_id must end in the digits of company_whatsapp_number',
  ]);
}

function settingFaults(record: JsonRecord): readonly string[] {
  const conversation = readConversation(storedItem(record));
  const { companyAddress, userAddress } = conversation;
  const copies = [
    ['gsi_company_whatsapp_number', companyAddress],
    ['gsi_recipient_tel', userAddress],
  ] as const;
  return said([
    ...['channel_config', 'ai_config'].map((name) => !isRecord(record[name]) && `${name} must be an object`),
    companyAddress === undefined && 'channel_config.company_whatsapp_number is missing',
    !conversation.credentialsReference &&
      'channel_config.whatsapp_credentials_id is missing: the name of the secret with the Twilio credentials',
    !conversation.promptReference &&
      'ai_config.assistant_id_replies is missing or blank: the prompt that answers',
    ...copies.map(([name, own]) => {
      const copy = asText(record[name]);
      // No number of the user is a fault of its own.
      const isSame = !own || (copy !== undefined && isSameAddress(copy, own));
      return !isSame && `${name} must be ${own}: webhooks find the record by it`;
    }),
  ]);
}

function stateFaults(record: JsonRecord): readonly string[] {
  const { messages, allowed_channels, project_status, conversation_status } = record;
  const flags = ['hand_off_to_human', 'opted_out', 'auto_queue_reply_message'];
  return said([
    !Array.isArray(messages) && 'messages must be a list',
    ...asList(messages).flatMap((entry, index) => entryFaults(entry, index)),
    !Array.isArray(allowed_channels) && 'allowed_channels must be a list, for example ["whatsapp"]',
    Array.isArray(allowed_channels) &&
      !allowed_channels.includes('whatsapp') &&
      'allowed_channels lacks whatsapp: each message would be refused',
    !['active', 'inactive'].includes(String(project_status)) && 'project_status must be active or inactive',
    typeof conversation_status !== 'string' &&
      'conversation_status must be a text, for example template_sent',
    conversation_status === 'processing_reply' &&
      'conversation_status must not be processing_reply: it stands for a lease',
    ...flags.map(
      (name) =>
        ![undefined, true, false].includes(record[name] as boolean) && `${name} must be true or false`,
    ),
    ...['created_at', 'updated_at'].map(
      (name) => timeMillis(record[name]) === undefined && `${name} must be a time of ISO 8601`,
    ),
    ...ENGINES.map((name) => name in record && `${name} is the engine's own: leave it out`),
  ]);
}

/** What the engine alone writes. */
const ENGINES = ['pending_turn', 'lock_owner', 'lock_expires_at', 'lock_fence', 'turn_attempts'];

function entryFaults(entry: unknown, index: number): readonly (string | false)[] {
  const { role, content } = asRecord(entry);
  const at = `messages[${index}]`;
  return [
    !['user', 'assistant'].includes(String(role)) && `${at}.role must be user or assistant`,
    typeof content !== 'string' && `${at}.content must be a text`,
  ];
}

const said = (faults: readonly (string | false)[]): readonly string[] =>
  faults.filter((fault): fault is string => fault !== false);
