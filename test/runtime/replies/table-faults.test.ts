import { describe, expect, test } from 'vitest';
import { transactWrite } from '../../../runtime/core/transaction.ts';
import { recordAppend } from '../../../runtime/replies/append.ts';
import { dynamoConversations } from '../../../runtime/replies/conversations.ts';
import { dynamoLeases } from '../../../runtime/replies/lease.ts';
import { dynamoStage } from '../../../runtime/replies/stage-table.ts';
import { dynamoTriggerLock } from '../../../runtime/replies/trigger-lock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { awsError } from '../../support/tap.ts';
import { CONVERSATION, newStagedRow, recordR, USER } from './records.ts';
import { SCHEMAS, TABLES } from './tables.ts';

/** What the stores make of throttles, lost answers and refusals. */

const setUp = () => {
  const clock = new FakeClock();
  const dynamodb = new FakeDynamoDb(SCHEMAS);
  dynamodb.seed(recordR(), TABLES.conversations);
  const conversations = dynamoConversations(dynamodb, TABLES.conversations, clock);
  const options = { ttlSeconds: 100, ttlAttribute: 'expires_at' };
  const key = { primaryChannel: USER, conversationId: CONVERSATION };
  return {
    clock,
    dynamodb,
    key,
    tap: dynamodb.tap,
    conversations,
    stage: dynamoStage(dynamodb, TABLES.stage, clock, options),
    lock: dynamoTriggerLock(dynamodb, TABLES.triggerLock, clock, 'expires_at'),
    leases: dynamoLeases(dynamodb, TABLES.conversations, clock),
    append: recordAppend({ dynamodb, tables: TABLES, conversations, clock, archiveAtBytes: 102_400 }),
    /** The next answer is lost after the call was done. */
    loseAnswer: () => {
      dynamodb.tap.after = () => {
        dynamodb.tap.after = undefined;
        throw awsError('TimeoutError', 500);
      };
    },
  };
};

describe('a lost answer', () => {
  test('of a staged row: it is staged, not a duplicate', async () => {
    const { stage, loseAnswer } = setUp();
    loseAnswer();
    expect(await stage.put(newStagedRow({ receivedSeq: '1' }))).toEqual({ status: 'staged' });
  });

  test('of the trigger lock: it is won', async () => {
    const { lock, loseAnswer } = setUp();
    loseAnswer();
    expect(await lock.acquire('c', 70)).toBeDefined();
    expect(await lock.acquire('c', 70)).toBeUndefined();
  });

  test('of a lease: it is taken once', async () => {
    const { leases, key, loseAnswer } = setUp();
    loseAnswer();
    const taken = await leases.take({ ...key, owner: 'a', lengthSeconds: 600 });
    expect(taken).toMatchObject({ status: 'taken', conversation: { turnAttempts: 1 }, lease: { fence: 1 } });
    if (taken.status !== 'taken') return;
    loseAnswer();
    expect(await leases.release(taken.lease)).toBe(true);
  });

  test.each([0, 39])('of a commit over %i large entries: the entries are there once', async (large) => {
    const { leases, append, key, loseAnswer, dynamodb, conversations } = setUp();
    const messages = Array.from({ length: large }, (_, no) => ({
      message_id: `old-${no}`,
      content: 'x'.repeat(9000),
    }));
    dynamodb.seed(recordR({ messages, message_count: large }), TABLES.conversations);
    const taken = await leases.take({ ...key, owner: 'a', lengthSeconds: 600 });
    if (taken.status !== 'taken') throw new Error();
    await leases.update(taken.lease, { set: { pending_turn: { turn_id: 't' } } });
    loseAnswer();
    const entry = { role: 'user', messageSids: ['SM1'], timestamp: 't', content: 'Hi' } as const;
    const { conversation, lease } = taken;
    const guard = { lease, turnId: 't' };
    const change = { add: { total_prompt_tokens: 10 } };
    const request = { key, conversation, guard, entries: [entry], processedSids: ['SM1'], change };
    expect(await append(request)).toMatchObject({ status: 'appended' });
    const after = await conversations.get(key);
    expect(after?.data).toMatchObject({ message_count: large + 1, total_prompt_tokens: 10 });
    expect((after?.archivedCount ?? 0) + (after?.entries.length ?? 0)).toBe(large + 1);
  });
});

describe('a table that refuses', () => {
  const setUpFailing = (name: string, status: number) => {
    const world = setUp();
    world.tap.before = () => {
      throw awsError(name, status, 'key +15005550006');
    };
    return world;
  };

  test.each([
    ['ProvisionedThroughputExceededException', 400, 'STAGE_DB_TRANSIENT_ERROR', 'transient'],
    ['RequestLimitExceeded', 400, 'STAGE_DB_TRANSIENT_ERROR', 'transient'],
    ['InternalServerError', 500, 'STAGE_DB_TRANSIENT_ERROR', 'transient'],
    ['ResourceNotFoundException', 400, 'DB_CONFIG_ERROR', 'hold'],
    ['AccessDeniedException', 400, 'DB_CONFIG_ERROR', 'hold'],
    ['ValidationException', 400, 'DB_VALIDATION_ERROR', 'permanent'],
    ['ItemCollectionSizeLimitExceededException', 400, 'STAGE_WRITE_ERROR', 'permanent'],
  ])('replies 14: %s (%i) is %s', async (name, status, code, errorClass) => {
    const { stage } = setUpFailing(name, status);
    const put = stage.put(newStagedRow());
    await expect(put).rejects.toMatchObject({ name: 'RepliesError', code, errorClass });
    await expect(put).rejects.not.toThrow('+15005550006');
  });

  test('each part of the data has its own codes', async () => {
    const throttled = setUpFailing('ThrottlingException', 400);
    await expect(throttled.lock.put('c', 1)).rejects.toMatchObject({ code: 'TRIGGER_DB_TRANSIENT_ERROR' });
    await expect(throttled.conversations.get(throttled.key)).rejects.toMatchObject({
      code: 'DB_TRANSIENT_ERROR',
    });
    const odd = setUpFailing('SomethingException', 400);
    await expect(odd.lock.put('c', 1)).rejects.toMatchObject({ code: 'TRIGGER_LOCK_WRITE_ERROR' });
    await expect(odd.conversations.get(odd.key)).rejects.toMatchObject({ code: 'DB_GET_ITEM_ERROR' });
    await expect(odd.conversations.credentials('+1')).rejects.toMatchObject({ code: 'DB_QUERY_ERROR' });
    const renewed = odd.leases.take({ ...odd.key, owner: 'a', lengthSeconds: 1 });
    await expect(renewed).rejects.toMatchObject({ code: 'DB_UPDATE_ERROR' });
  });
});

test('replies 53: what a batch left unprocessed is asked for again, and counted when it stays', async () => {
  const { stage, dynamodb } = setUp();
  const sids = ['SM1', 'SM2', 'SM3'];
  for (const messageSid of sids) await stage.put(newStagedRow({ messageSid }));
  let answers = 0;
  dynamodb.unprocessed = () => (++answers === 1 ? 2 : 0);
  expect(await stage.remove(CONVERSATION, sids)).toBe(0);
  expect(await stage.list(CONVERSATION)).toEqual([]);
  await stage.put(newStagedRow());
  dynamodb.unprocessed = (requests) => requests;
  expect(await stage.remove(CONVERSATION, [newStagedRow().messageSid])).toBe(1);
  expect(await stage.list(CONVERSATION)).toHaveLength(1);
});

describe('a cancelled transaction', () => {
  const put = { Put: { TableName: TABLES.triggerLock, Item: { conversation_id: { S: 'c' } } } };
  const input = { TransactItems: [put], ClientRequestToken: 'token' };
  const cancelledBy = (...codes: string[]) => {
    const { dynamodb, clock } = setUp();
    dynamodb.tap.before = () => {
      if (dynamodb.tap.calls.length > 1) return;
      const CancellationReasons = codes.map((Code) => ({ Code }));
      throw awsError('TransactionCanceledException', 400, 'cancelled', { CancellationReasons });
    };
    return { dynamodb, run: () => transactWrite(dynamodb, clock, input) };
  };

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'by %s is repeated',
    async (code) => {
      const { run, dynamodb } = cancelledBy('None', code);
      expect(await run()).toEqual({ status: 'done' });
      expect(dynamodb.tap.calls).toHaveLength(2);
    },
  );

  test('by a condition is an answer, also beside a conflict', async () => {
    expect(await cancelledBy('TransactionConflict', 'ConditionalCheckFailed').run()).toMatchObject({
      status: 'refused',
    });
  });

  test('for a fault of the request is a failure', async () => {
    await expect(cancelledBy('ValidationError').run()).rejects.toMatchObject({ errorClass: 'permanent' });
  });
});
