import { describe, expect, test } from 'vitest';
import { sqsHumanQueue } from '../../../runtime/replies/handoff.ts';
import { readConversation } from '../../../runtime/replies/record.ts';
import { readTrigger, sqsTriggerQueue } from '../../../runtime/replies/trigger.ts';
import { recordOf, sqsEvent } from '../../support/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { awsError } from '../../support/tap.ts';
import { CONVERSATION, recordR, recordRN, USER } from './records.ts';

const url = 'https://sqs.example/q';
const setUp = () => {
  const clock = new FakeClock();
  const sqs = new FakeSqs(clock, [{ url }]);
  const records = () => {
    const messages = sqs.messages(url).map(recordOf);
    return (sqsEvent(messages) as { Records: Parameters<typeof readTrigger>[0][] }).Records;
  };
  return { clock, sqs, records, bodies: () => sqs.messages(url).map(({ body }) => JSON.parse(body)) };
};

describe('the trigger', () => {
  const trigger = {
    conversationId: CONVERSATION,
    primaryChannel: USER,
    deferrals: 2,
    traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
  };

  test('replies 27: the two keys are its body, all else its attributes; what is sent is read', async () => {
    const { sqs, clock, records, bodies } = setUp();
    await sqsTriggerQueue(sqs, url, clock).send(trigger, 900);
    expect(bodies()).toEqual([{ conversation_id: CONVERSATION, primary_channel: USER }]);
    expect(records().map(readTrigger)).toEqual([trigger]);
    expect(sqs.messages(url)[0]?.attributes).toMatchObject({
      deferrals: { DataType: 'Number', StringValue: '2' },
      v: { StringValue: '1' },
    });
    expect(sqs.messages(url)[0]?.visibleAtMillis).toBe(clock.nowMillis() + 900_000);
  });

  test('one by hand has nothing but its body, and more in it than we know', () => {
    const body = JSON.stringify({ conversation_id: CONVERSATION, primary_channel: USER, note: 'x' });
    const bare = { ...trigger, deferrals: 0, traceparent: undefined };
    expect(readTrigger({ body })).toEqual(bare);
    expect(readTrigger({ body, messageAttributes: {} })).toEqual(bare);
  });

  test.each([
    '',
    '{',
    '[]',
    'null',
    '{"conversation_id":"c"}',
    '{"primary_channel":"p","conversation_id":""}',
  ])('replies 30: %s is none', (body) => {
    expect(() => readTrigger({ body })).toThrow(expect.objectContaining({ code: 'PARSING_ERROR' }));
  });
});

describe('the human queue', () => {
  test('replies 12: plain JSON with the record’s numbers as numbers', async () => {
    const { sqs, clock, bodies } = setUp();
    const conversation = readConversation(
      recordR({ company_id: 17, project_id: 'p', thread_id: 'thread_x' }),
    );
    const message = { conversation, messageSids: ['SM1'], receivedAt: 't', body: 'Hi', reason: 'asked' };
    await sqsHumanQueue(sqs, url, clock).send(message);
    await sqsHumanQueue(sqs, url, clock).send({
      ...message,
      conversation: readConversation(recordRN()),
      draftReply: 'Hello',
    });
    expect(bodies()).toEqual([
      {
        conversation_id: CONVERSATION,
        primary_channel: USER,
        channel_type: 'whatsapp',
        message_sids: ['SM1'],
        received_at: 't',
        sender_id: USER,
        recipient_id: '+15005550001',
        body: 'Hi',
        handoff_reason: 'asked',
        company_id: 17,
        project_id: 'p',
        thread_id: 'thread_x',
        v: 1,
      },
      expect.objectContaining({ primary_channel: `whatsapp:${USER}`, sender_id: USER, draft_reply: 'Hello' }),
    ]);
  });
});

test.each([
  ['ServiceUnavailable', 503, 'SQS_TRANSIENT_ERROR', 'transient', 3],
  ['QueueDoesNotExist', 400, 'SQS_CONFIG_ERROR', 'hold', 1],
  ['AccessDenied', 403, 'SQS_CONFIG_ERROR', 'hold', 1],
  ['InvalidParameterValue', 400, 'SQS_PARAMETER_ERROR', 'permanent', 1],
  ['UnsupportedOperation', 400, 'SQS_SEND_ERROR', 'permanent', 1],
])('replies 15: %s (%i) is %s', async (name, status, code, errorClass, tries) => {
  const { sqs, clock } = setUp();
  sqs.tap.before = () => {
    throw awsError(name, status);
  };
  const trigger = { conversationId: 'c', primaryChannel: 'p', deferrals: 0, traceparent: undefined };
  const sent = sqsTriggerQueue(sqs, url, clock).send(trigger, 0);
  await expect(sent).rejects.toMatchObject({ name: 'RepliesError', code, errorClass });
  expect(sqs.tap.calls).toHaveLength(tries);
});
