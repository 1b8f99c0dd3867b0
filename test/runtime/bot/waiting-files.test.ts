import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { context, record, textJob, workerWorld } from './worker-world.ts';

const CHATS = Array.from({ length: 12 }, (_, index) => `155501${String(index).padStart(2, '0')}`);

/** The chats whose files are on the disk after a turn of each has failed. */
async function leftOf(receives: number, environment: Record<string, string> = {}) {
  const world = workerWorld({
    policy: 'fifo',
    environment,
    agent: async (_, { files }) => {
      await files.save('made.pdf', Buffer.alloc(1000));
      throw new Error('The model is down');
    },
  });
  for (const chat of CHATS) {
    const job = { ...textJob('picture', `wamid.${chat}`), chat_id: chat };
    await world.worker({ Records: [record(job, 'm1', chat, receives)] }, context());
  }
  return CHATS.filter((chat) => existsSync(join(world.tmp, 'files', chat)));
}

test('files that are kept in the bucket do not stay in the scratch folder behind a failed turn', async () => {
  expect(await leftOf(1, { PERSIST_FILES_S3: 'true' })).toEqual([]);
});

test('files that are nowhere else wait for the repetition, of eight chats at most', async () => {
  expect(await leftOf(1)).toEqual(CHATS.slice(-8));
});

test('behind the last attempt nobody comes back for the files', async () => {
  expect(await leftOf(5)).toEqual([]);
});
