import {
  BatchWriteItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeDynamoDb } from './fake-dynamodb.ts';

describe('queries', () => {
  const schema = {
    hash: 'id',
    range: 'no',
    types: { no: 'N' as const, at: 'N' as const },
    indexes: {
      'by-owner': { hash: 'who', range: 'at', types: { at: 'N' as const } },
      'local-at': { hash: 'id', range: 'at', types: { at: 'N' as const }, isLocal: true },
    },
  };
  let rows: FakeDynamoDb;
  const row = (no: number, more: Record<string, { S?: string; N?: string; NULL?: boolean }> = {}) => ({
    id: { S: 'a' },
    no: { N: String(no) },
    ...more,
  });
  const ask = (input: object) =>
    rows.send(
      new QueryCommand({
        TableName: 'rows',
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'a' } },
        ...input,
      }),
    );
  const numbers = (answer: { Items: { no: { N: string } }[] }) => answer.Items.map(({ no }) => Number(no.N));
  beforeEach(() => {
    rows = new FakeDynamoDb({ rows: schema });
  });

  test('in the order of the range key, as numbers; pages by Limit, with the key of the last', async () => {
    for (const no of [10, 9, 1]) rows.seed(row(no), 'rows');
    rows.seed({ id: { S: 'b' }, no: { N: '2' } }, 'rows');
    expect(numbers(await ask({}))).toEqual([1, 9, 10]);
    expect(numbers(await ask({ ScanIndexForward: false }))).toEqual([10, 9, 1]);
    const page = await ask({ Limit: 2 });
    expect(page.LastEvaluatedKey).toEqual(row(9));
    rows.items('rows');
    expect(numbers(await ask({ Limit: 2, ExclusiveStartKey: page.LastEvaluatedKey }))).toEqual([10]);
  });

  test('a page ends at 1 MB', async () => {
    const text = { S: 'x'.repeat(300 * 1024) };
    for (const no of [1, 2, 3, 4]) rows.seed(row(no, { text }), 'rows');
    const page = await ask({});
    expect(numbers(page)).toEqual([1, 2, 3]);
    expect(numbers(await ask({ ExclusiveStartKey: page.LastEvaluatedKey }))).toEqual([4]);
  });

  test('an index has the items with its keys alone, lags when told to, and reads no consistent state', async () => {
    const byOwner = {
      IndexName: 'by-owner',
      KeyConditionExpression: 'who = :who AND #at <= :at',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':who': { S: 'x' }, ':at': { N: '5' } },
    };
    rows.seed(row(1, { who: { S: 'x' }, at: { N: '5' } }), 'rows');
    rows.seed(row(2, { who: { S: 'x' }, at: { N: '6' } }), 'rows');
    rows.seed(row(3, { who: { S: 'x' } }), 'rows');
    expect(numbers(await ask(byOwner))).toEqual([1]);
    rows.lagIndexes('rows');
    rows.seed(row(4, { who: { S: 'x' }, at: { N: '1' } }), 'rows');
    expect(numbers(await ask(byOwner))).toEqual([1]);
    expect(numbers(await ask({ IndexName: 'local-at', ConsistentRead: true }))).toEqual([4, 1, 2]);
    rows.catchUpIndexes('rows');
    expect(numbers(await ask(byOwner))).toEqual([4, 1]);
    await expect(ask({ ...byOwner, ConsistentRead: true })).rejects.toThrow('not supported on global');
  });

  test('what is no key is refused as a condition and of a wrong type as an index key', async () => {
    const values = { ':id': { S: 'a' }, ':x': { S: 'x' } };
    const refused = ask({
      KeyConditionExpression: 'id = :id AND who = :x',
      ExpressionAttributeValues: values,
    });
    await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
    const put = new PutItemCommand({ TableName: 'rows', Item: row(1, { who: { NULL: true } }) });
    await expect(rows.send(put)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('projects, filters, and knows the size and the elements of a list', async () => {
    const L = [{ S: 'x' }, { S: 'y' }];
    rows.seed({ ...row(1), list: { L }, inner: { M: { a: { S: '1' }, b: { S: '2' } } } }, 'rows');
    const projected = await ask({
      ProjectionExpression: '#no, #in.b',
      ExpressionAttributeNames: { '#no': 'no', '#in': 'inner' },
    });
    expect(projected.Items).toEqual([{ no: { N: '1' }, inner: { M: { b: { S: '2' } } } }]);
    const of = (FilterExpression: string, value: object) =>
      ask({
        FilterExpression,
        ExpressionAttributeNames: { '#l': 'list' },
        ExpressionAttributeValues: { ':id': { S: 'a' }, ':x': value },
      });
    expect((await of('contains(#l, :x)', { S: 'y' })).Count).toBe(1);
    expect((await of('contains(#l, :x)', { S: 'z' })).Count).toBe(0);
    expect((await of('size(#l) = :x', { N: '2' })).Count).toBe(1);
    expect((await of('#l = :x', { L })).Count).toBe(1);
    expect((await of('#l = :x', { L: [...L].reverse() })).Count).toBe(0);
  });

  test('a batch deletes, and what it left unprocessed comes back', async () => {
    for (const no of [1, 2]) rows.seed(row(no), 'rows');
    rows.unprocessed = () => 1;
    const requests = [1, 2].map((no) => ({ DeleteRequest: { Key: row(no) } }));
    const answer = await rows.send(new BatchWriteItemCommand({ RequestItems: { rows: requests } }));
    expect(answer.UnprocessedItems).toEqual({ rows: requests.slice(1) });
    expect(numbers(await ask({}))).toEqual([2]);
  });

  test('a transaction with the token of one that was done changes nothing', async () => {
    const put = { Put: { TableName: 'rows', Item: row(1), ConditionExpression: 'attribute_not_exists(id)' } };
    const command = new TransactWriteItemsCommand({ TransactItems: [put], ClientRequestToken: 't' });
    await rows.send(command);
    await rows.send(command);
    const other = new TransactWriteItemsCommand({ TransactItems: [put], ClientRequestToken: 'u' });
    await expect(rows.send(other)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
  });
});
