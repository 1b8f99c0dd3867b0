import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeDynamoDb } from './fake-dynamodb.ts';

let table: FakeDynamoDb;
beforeEach(() => {
  table = new FakeDynamoDb();
});

const key = (id: string) => ({ TableName: 'locks', Key: { user_id: { S: id } } });
const update = (id: string, input: Partial<UpdateItemCommandInput>) =>
  table.send(new UpdateItemCommand({ ...key(id), ...input }));
const values = (entries: Record<string, number | string>) => ({
  ExpressionAttributeValues: Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  ),
});

describe('expressions', () => {
  test('SET, if_not_exists, arithmetic, REMOVE, ADD and DELETE', async () => {
    await update('a', {
      UpdateExpression:
        'SET n = if_not_exists(n, :zero) + :one, #s = :text REMOVE gone ADD tries :one, tags :names',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: {
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ':text': { S: 'x' },
        ':names': { SS: ['b', 'c'] },
      },
    });
    await update('a', {
      UpdateExpression: 'SET n = n + :one ADD tries :one DELETE tags :b',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':b': { SS: ['b'] } },
    });
    expect(table.item('a')).toEqual({
      user_id: { S: 'a' },
      n: { N: '2' },
      state: { S: 'x' },
      tries: { N: '2' },
      tags: { SS: ['c'] },
    });
  });

  test.each([
    ['attribute_exists(n) AND n = :one', true],
    ['attribute_not_exists(n) OR n < :one', false],
    ['attribute_not_exists(n) OR n <= :one AND NOT label = :one', true],
    ['NOT (attribute_exists(n) AND n >= :one)', false],
    ['absent < :one', false],
    ['absent <> :one', true],
    ['n BETWEEN :one AND :one', true],
    ['n IN (:one)', true],
  ])('condition %s is %s', async (expression, holds) => {
    table.seed({ user_id: { S: 'a' }, n: { N: '1' }, label: { S: '1' } });
    const write = update('a', {
      UpdateExpression: 'SET m = :one',
      ConditionExpression: expression,
      ...values({ ':one': 1 }),
    });
    if (holds) await write;
    else await expect(write).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  test('numbers are compared as numbers', async () => {
    table.seed({ user_id: { S: 'a' }, n: { N: '9' } });
    await update('a', {
      UpdateExpression: 'SET m = :ten',
      ConditionExpression: 'n < :ten',
      ...values({ ':ten': 10 }),
    });
    expect(table.item('a')?.m).toEqual({ N: '10' });
  });

  test('a failed condition answers 400 and the item, when asked', async () => {
    table.seed({ user_id: { S: 'a' }, owner: { S: 'x' } });
    const input = { UpdateExpression: 'SET m = :x', ConditionExpression: 'attribute_not_exists(user_id)' };
    const failure = { name: 'ConditionalCheckFailedException', $metadata: { httpStatusCode: 400 } };
    const error = await update('a', { ...input, ...values({ ':x': 'y' }) }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject(failure);
    expect(error).not.toHaveProperty('Item');
    const asked = update('a', {
      ...input,
      ...values({ ':x': 'y' }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(asked).rejects.toMatchObject({ Item: { owner: { S: 'x' } } });
    expect(table.item('a')?.m).toBeUndefined();
  });
});

describe('refuses what AWS refuses', () => {
  const refused = async (input: Partial<UpdateItemCommandInput>, words: string) =>
    expect(update('a', input)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(words),
    });

  test('overlapping paths', async () => {
    await refused({ UpdateExpression: 'SET a = :x, a = :x', ...values({ ':x': 1 }) }, 'overlap');
    await refused({ UpdateExpression: 'SET a.b = :x REMOVE a', ...values({ ':x': 1 }) }, 'overlap');
  });

  test('unused and missing placeholders', async () => {
    await refused({ UpdateExpression: 'SET a = :x', ...values({ ':x': 1, ':y': 1 }) }, 'unused');
    await refused({ UpdateExpression: 'SET a = :x' }, 'not defined');
    await refused({ UpdateExpression: 'SET #a = :x', ...values({ ':x': 1 }) }, 'not defined');
    await refused(
      { UpdateExpression: 'SET a = :x', ExpressionAttributeNames: {}, ...values({ ':x': 1 }) },
      'must not be empty',
    );
  });

  test('reserved words, the key, empty sets, doubled clauses', async () => {
    await refused({ UpdateExpression: 'SET owner = :x', ...values({ ':x': 1 }) }, 'reserved keyword');
    await refused({ UpdateExpression: 'SET user_id = :x', ...values({ ':x': 'b' }) }, 'part of the key');
    await refused(
      { UpdateExpression: 'ADD a :x', ExpressionAttributeValues: { ':x': { SS: [] } } },
      'may not be empty',
    );
    await refused({ UpdateExpression: 'SET a = :x SET b = :x', ...values({ ':x': 1 }) }, 'only be used once');
  });

  test('an item above 400 KB, a wrong key, an unknown table', async () => {
    const text = 'x'.repeat(400 * 1024);
    await refused({ UpdateExpression: 'SET a = :x', ...values({ ':x': text }) }, 'Item size');
    const wrong = table.send(new GetItemCommand({ TableName: 'locks', Key: { id: { S: 'a' } } }));
    await expect(wrong).rejects.toMatchObject({ name: 'ValidationException' });
    const unknown = table.send(new GetItemCommand({ TableName: 'other', Key: { user_id: { S: 'a' } } }));
    await expect(unknown).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('transactions', () => {
  const put = (id: string, text = 'x') => ({
    Put: { TableName: 'locks', Item: { user_id: { S: id }, text: { S: text } } },
  });
  const transact = (TransactItems: object[]) => table.send(new TransactWriteItemsCommand({ TransactItems }));

  test('all or nothing, with a reason for each action', async () => {
    table.seed({ user_id: { S: 'b' }, owner: { S: 'other' } });
    const drop = {
      Delete: {
        ...key('b'),
        ConditionExpression: '#o = :mine',
        ExpressionAttributeNames: { '#o': 'owner' },
        ...values({ ':mine': 'me' }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
    await expect(transact([put('a'), drop])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: { owner: { S: 'other' } } },
      ],
    });
    expect(table.item('a')).toBeUndefined();
    table.seed({ user_id: { S: 'b' }, owner: { S: 'me' } });
    await transact([put('a'), drop]);
    expect([...table.items().keys()]).toEqual(['a']);
  });

  test.each([
    ['two actions on one item', () => [put('a'), put('a')]],
    ['more than 100 actions', () => Array.from({ length: 101 }, (_, n) => put(String(n)))],
    ['more than 4 MB', () => Array.from({ length: 11 }, (_, n) => put(String(n), 'x'.repeat(390 * 1024)))],
  ])('%s is refused', async (_name, items) => {
    await expect(transact(items())).rejects.toMatchObject({ name: 'ValidationException' });
    expect(table.items().size).toBe(0);
  });
});

test('put, get, batch get, delete', async () => {
  await table.send(new PutItemCommand({ TableName: 'locks', Item: { user_id: { S: 'a' }, n: { N: '1' } } }));
  expect(await table.send(new GetItemCommand(key('a')))).toEqual({
    Item: { user_id: { S: 'a' }, n: { N: '1' } },
  });
  expect(await table.send(new GetItemCommand(key('b')))).toEqual({});
  const batch = { RequestItems: { locks: { Keys: [{ user_id: { S: 'a' } }, { user_id: { S: 'b' } }] } } };
  expect((await table.send(new BatchGetItemCommand(batch))).Responses.locks).toHaveLength(1);
  await table.send(new DeleteItemCommand(key('a')));
  expect(table.items().size).toBe(0);
  expect(table.tap.calls).toEqual(['PutItem', 'GetItem', 'GetItem', 'BatchGetItem', 'DeleteItem']);
});

test('a fault before means not done, a fault after means done', async () => {
  const input = { UpdateExpression: 'SET m = :x', ...values({ ':x': 1 }) };
  table.tap.before = () => {
    throw new Error('throttled');
  };
  await expect(update('a', input)).rejects.toThrow('throttled');
  expect(table.item('a')).toBeUndefined();
  table.tap.before = undefined;
  table.tap.after = () => {
    throw new Error('answer lost');
  };
  await expect(update('a', input)).rejects.toThrow('answer lost');
  expect(table.item('a')?.m).toEqual({ N: '1' });
});
