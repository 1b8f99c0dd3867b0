import { expect, test } from 'vitest';
import { TABLES } from './tables.ts';
import { formF, recordR, webhookWorld } from './webhook-world.ts';

test('a record that names no credentials is not remembered: once it is mended, messages are taken at once', async () => {
  const world = webhookWorld({ records: [recordR({ channel_config: {} })] });
  expect((await world.post(formF())).statusCode).toBe(503);
  world.seed(recordR(), TABLES.conversations);
  expect((await world.post(formF())).statusCode).toBe(200);
  expect(world.rows()).toHaveLength(1);
  // Now it is remembered.
  world.tap.clear();
  await world.post(formF());
  const lookUps = world.tap.details.filter(({ input }) => input.ProjectionExpression === 'channel_config');
  expect(lookUps).toEqual([]);
});
