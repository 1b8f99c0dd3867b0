import { expect, test } from 'vitest';
import { createSender } from '../../../runtime/bot/index.ts';
import { asynchronous, CHAT, context, textJob, workerWorld } from './worker-world.ts';

const ENVIRONMENT = {
  BOT_TYPE: 'whatsapp',
  BUCKET_NAME: 'bucket',
  LOCKS_TABLE_NAME: 'locks',
  WHATSAPP_TOKEN: 'token',
  WHATSAPP_PHONE_NUMBER_ID: '1055',
  WEBHOOK_VERIFY_TOKEN: 'verify',
};

test('of two calls with one new key, one sends: the other, overtaken after it read the key as new, is unclear', async () => {
  const world = workerWorld();
  const { s3, dynamodb, ssm, clock, provider } = world;
  const sentAt = new Date(clock.nowMillis()).toISOString();
  await world.worker(asynchronous({ ...textJob('hello'), sent_at: sentAt }), context());
  const senderWith = (more: object) =>
    createSender({
      environment: ENVIRONMENT,
      clients: { s3, dynamodb, ssm, clock, fetch: provider.fetch, ...more },
      writeLog: () => {},
    });
  const message = [CHAT, 'one', { key: 'order-17' }] as const;
  const sending = Promise.withResolvers<void>();
  const firstIsOver = Promise.withResolvers<void>();
  // The second call's send is on its way until the first call is over.
  const second = senderWith({
    fetch: async (...request: Parameters<typeof fetch>) => {
      sending.resolve();
      await firstIsOver.promise;
      return provider.fetch(...request);
    },
  });
  let secondResult: Promise<unknown> | undefined;
  // The first call has read "new"; before it reserves the key, the second gets as far as its send.
  const slowTable = {
    send: async (command: object) => {
      if (!secondResult && command.constructor.name === 'UpdateItemCommand') {
        secondResult = second.send(...message);
        await sending.promise;
      }
      return dynamodb.send(command as never);
    },
  };
  expect(await senderWith({ dynamodb: slowTable }).send(...message)).toEqual({ status: 'unclear', parts: 0 });
  firstIsOver.resolve();
  expect(await secondResult).toEqual({ status: 'sent', parts: 1 });
  expect(provider.sent.map(({ text }) => text)).toEqual(['You said: hello', 'one']);
});
