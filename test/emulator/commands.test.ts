import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { emulatorClient } from '../../local/secrets.ts';
import { command, succeeds } from './support/command.ts';
import { failFor, newChat, replies, say, textsOf, until, world } from './support/harness.ts';

const BOT = 'telegram_fifo';

async function versionsOf(chat: string): Promise<readonly string[]> {
  const s3 = new S3Client({ ...emulatorClient(world().endpoint), forcePathStyle: true });
  const input = { Bucket: world().bots[BOT].bucket_name, Prefix: `history/${chat}` };
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand(input));
  return [...Versions, ...DeleteMarkers].map(({ VersionId = '' }) => VersionId);
}

describe.concurrent('the command finds a deployed bot by its name', () => {
  it('trace prints the time line of a message, by event and by chat', async () => {
    const chat = newChat();
    const event = await say(BOT, chat, 'traced');
    await replies(BOT, chat, 1);
    for (const id of [event, chat]) {
      // Log lines come later than replies.
      const line = await until('the log', async () => {
        const traced = await succeeds(BOT, 'trace', id);
        return traced.includes('handed off') && traced;
      });
      expect(line).toContain(`event ${event}  chat ${chat}  telegram`);
      for (const step of ['received', 'handed off', 'decided', 'part 1 accepted', 'done'])
        expect(line, id).toContain(step);
      expect(line).not.toContain('traced');
      expect(line).not.toMatch(/could not be read|was read in part/);
    }
    expect(await command(BOT, 'trace', '1')).toMatchObject({ exitCode: 1 });
  });

  it('failed lists what the platform refused for good, and replays it', async () => {
    const chat = newChat();
    await failFor(BOT, chat, { kind: 'refuse', status: 400 });
    const event = await say(BOT, chat, 'refused');
    const listed = async () => {
      const out = await succeeds(BOT, 'failed', 'list');
      return out.includes(`event ${event}`) && out;
    };
    const line = (await until('the captured event', listed)).split('\n').find((one) => one.includes(event));
    expect(line).toMatch(/send_failed/);
    expect(await textsOf(BOT, chat)).toEqual([]);
    await succeeds(BOT, 'failed', 'replay', event);
    expect((await replies(BOT, chat, 1)).at(-1)).toBe('You said: refused');
  });

  it('history shows, and erases every version of a chat', async () => {
    const chat = newChat();
    await say(BOT, chat, 'first');
    await replies(BOT, chat, 1);
    await say(BOT, chat, 'second');
    await replies(BOT, chat, 2);
    expect(await succeeds(BOT, 'history', 'show', '--chat', chat)).toMatch(/first[\s\S]*second/);
    expect((await versionsOf(chat)).length).toBeGreaterThanOrEqual(2);
    const { erased } = JSON.parse(
      await succeeds(BOT, 'history', 'erase', '--chat', chat, '--yes', '--json'),
    ) as { erased: Record<string, number> };
    expect(erased[`history/${chat}.sqlite`]).toBeGreaterThanOrEqual(2);
    expect(await versionsOf(chat)).toEqual([]);
  });
});
