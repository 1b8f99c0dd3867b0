import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type GetQueueAttributesCommandOutput,
  ReceiveMessageCommand,
  type ReceiveMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import type { AwsClient } from '../../../runtime/core/aws-errors.ts';
import { asRecord, asText, type JsonRecord } from '../../../runtime/core/json.ts';

/** A message of the human queue (contract replies §5.1). */
export interface HandOff {
  readonly id: string;
  readonly conversationId: string;
  /** The record's key. */
  readonly primaryChannel: string;
  readonly sender: string;
  readonly receivedAt: string;
  readonly reason: string;
  readonly text: string;
  readonly draft: string | undefined;
  readonly receiptHandle: string;
}

/** The oldest messages, at most ten; looks, takes nothing. */
export async function waitingHandOffs(sqs: AwsClient, QueueUrl: string): Promise<readonly HandOff[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, WaitTimeSeconds: 0 };
  const { Messages = [] }: ReceiveMessageCommandOutput = await sqs.send(new ReceiveMessageCommand(input));
  const found = Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '' }) =>
    readHandOff(MessageId, Body, ReceiptHandle),
  );
  return found.sort((one, other) => one.receivedAt.localeCompare(other.receivedAt));
}

/** Reads a body; what is not there is left blank. */
export function readHandOff(id: string, body: string, receiptHandle = ''): HandOff {
  const data = parsed(body);
  const text = (name: string) => asText(data[name]) ?? '';
  return {
    id,
    conversationId: text('conversation_id'),
    primaryChannel: text('primary_channel'),
    sender: text('sender_id'),
    receivedAt: text('received_at'),
    reason: text('handoff_reason'),
    text: text('body'),
    draft: asText(data.draft_reply),
    receiptHandle,
  };
}

function parsed(body: string): JsonRecord {
  try {
    return asRecord(JSON.parse(body));
  } catch {
    return {};
  }
}

/** Takes messages out of the queue: somebody has dealt with them. */
export async function removeHandOffs(
  sqs: AwsClient,
  QueueUrl: string,
  handOffs: readonly HandOff[],
): Promise<void> {
  for (const { receiptHandle: ReceiptHandle } of handOffs)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

/** Messages in a queue, those in flight and those that are delayed included. */
export async function depthOf(sqs: AwsClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} }: GetQueueAttributesCommandOutput = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  const names = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
