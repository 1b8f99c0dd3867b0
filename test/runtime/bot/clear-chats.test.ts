import { setTimeout as wait } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { clearAllChats } from '../../../runtime/bot/clear-chats.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { s3ObjectVersions } from '../../../runtime/core/object-versions.ts';
import { awsError, Tap } from '../../support/tap.ts';
import { workerWorld } from './worker-world.ts';

test('after a chat that cannot be cleared no other begins, and those in work end before the failure is told', async () => {
  const { s3, tap, clock, tmp } = workerWorld();
  const keys = Array.from(
    { length: 40 },
    (_, index) => `history/1555${String(index).padStart(2, '0')}.sqlite`,
  );
  for (const Key of keys)
    await s3.as(new Tap()).send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Buffer.from('') }));
  let ended = 0;
  tap.before = async ({ name, input }) => {
    if (name !== 'PutObject') return;
    if (input.Key === keys[3]) throw awsError('AccessDenied', 403);
    await wait(50);
    ended++;
  };
  const objects = s3ObjectStore(s3, 'bucket', clock);
  const clearing = clearAllChats({
    histories: historyStore(objects, clock, { prefix: 'history', tmpDir: tmp }),
    delivery: undefined,
    provider: 'whatsapp',
    clock,
    objects,
    listing: s3ObjectVersions(s3, 'bucket', clock),
    prefixes: { history: 'history', files: 'files' },
  });
  await expect(clearing).rejects.toThrow('AccessDenied');
  expect(ended).toBe(9);
  const calls = tap.calls.length;
  await wait(150);
  expect([tap.calls.length, ended]).toEqual([calls, 9]);
});
