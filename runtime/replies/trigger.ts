import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { asNumber, asRecord, asText, type JsonRecord } from '../core/json.ts';
import { isTraceparent } from '../core/trace-context.ts';
import { queueError, RepliesError } from './errors.ts';
import { REPLIES_VERSION } from './pending-turn.ts';
import type { RecordKey } from './record.ts';

/** What wakes the worker (contract replies §5.1). */
export interface Trigger extends RecordKey {
  /** How often it was put off. */
  readonly deferrals: number;
  readonly traceparent: string | undefined;
}

/** The channel queue, as those who send to it need it. */
export interface TriggerQueue {
  /** `delaySeconds` 0 to 900. Throws `RepliesError` by class. */
  send(trigger: Trigger, delaySeconds: number): Promise<void>;
}

/** The two keys are the body; all else travels beside it. */
export function sqsTriggerQueue(sqs: AwsClient, queueUrl: string, clock: Clock): TriggerQueue {
  return {
    async send({ primaryChannel, conversationId, deferrals, traceparent }, delaySeconds) {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ conversation_id: conversationId, primary_channel: primaryChannel }),
        DelaySeconds: delaySeconds,
        MessageAttributes: {
          v: number(REPLIES_VERSION),
          ...(deferrals > 0 && { deferrals: number(deferrals) }),
          ...(traceparent !== undefined && { traceparent: { DataType: 'String', StringValue: traceparent } }),
        },
      });
      try {
        await callAws(clock, 'sqs:SendMessage', () => sqs.send(command));
      } catch (error) {
        throw queueError(error);
      }
    },
  };
}

const number = (value: number) => ({ DataType: 'Number', StringValue: String(value) });

/** The fields of an SQS record that hold a trigger. */
export interface TriggerRecord {
  readonly body: string;
  readonly messageAttributes?: Readonly<Record<string, unknown>>;
}

/** Reads a trigger; unknown keys are tolerated. Throws `PARSING_ERROR` when the body is no JSON or lacks a key. */
export function readTrigger({ body, messageAttributes }: TriggerRecord): Trigger {
  const { conversation_id, primary_channel } = parsed(body);
  const [conversationId, primaryChannel] = [asText(conversation_id), asText(primary_channel)];
  if (conversationId === undefined || primaryChannel === undefined)
    throw new RepliesError(
      'PARSING_ERROR',
      'A message of the channel queue is not JSON with conversation_id and primary_channel',
      'permanent',
    );
  const attribute = (name: string) => asRecord(asRecord(messageAttributes)[name]).stringValue;
  const traceparent = asText(attribute('traceparent'));
  return {
    conversationId,
    primaryChannel,
    deferrals: asNumber(attribute('deferrals')) ?? 0,
    // It becomes a header of other requests.
    traceparent: isTraceparent(traceparent) ? traceparent : undefined,
  };
}

function parsed(body: string): JsonRecord {
  try {
    return asRecord(JSON.parse(body));
  } catch {
    return {};
  }
}
