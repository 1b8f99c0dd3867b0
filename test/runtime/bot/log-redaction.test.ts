import { describe, expect, test } from 'vitest';
import { VERSION } from '../../../runtime/bot/index.ts';
import { keyedHash } from '../../../runtime/core/log.ts';
import { SECRETS, twoHops } from './two-hops.ts';

const CHAT = '15550177';
const BODIES = ['my private question', 'my private answer'] as const;

const agent = ({ text }: { readonly text: string }) => {
  if (text.includes('break')) throw new TypeError(`cannot read ${text}`);
  return BODIES[1];
};

describe.each(['whatsapp', 'telegram'] as const)('bot A60: the log of a whole run on %s', (provider) => {
  const environment = { VERBOSE: 'true' };

  test.each(['drop', 'fifo'] as const)('bot A60: %s: no secret, body or id at any level', async (policy) => {
    const world = twoHops({ provider, policy, agent, environment });
    const thrown: string[] = [];
    const run = async (text: string) => {
      const before = world.events().length;
      const { webhook } = await world.post({ chatId: CHAT, text });
      for (const event of world.events().slice(before))
        await world.work(event).catch((error: unknown) => thrown.push(String(error)));
      return webhook.eventId;
    };
    const eventId = await run(BODIES[0]);
    const answered = world.log.lines.length;
    const [finished, ...others] = world.log.of('worker_job_finished');
    expect(others).toEqual([]);
    expect(finished).toMatchObject({ status: 'answered', version: VERSION });
    expect(world.platform.sent).toMatchObject([{ text: BODIES[1] }]);
    // Now whatever can go wrong, too.
    await run('break, my private question');
    world.platform.fail({ kind: 'refuse' });
    await run(BODIES[0]);
    world.platform.fail({ kind: 'html' });
    await run(BODIES[0]);
    await run('/start');
    expect(world.log.lines.length).toBeGreaterThan(answered + 10);

    const written = world.log.text + thrown.join();
    for (const secret of Object.values(SECRETS)) expect(written).not.toContain(secret);
    for (const body of [...BODIES, 'private', 'break']) expect(written).not.toContain(body);
    expect(written).not.toContain(CHAT);
    if (provider === 'whatsapp') expect(written).not.toMatch(/wamid|HBg/);
    const hashOf = (id: string) =>
      keyedHash(`hookline:${SECRETS.WHATSAPP_TOKEN}${SECRETS.TELEGRAM_TOKEN}`, id);
    expect(finished).toMatchObject({
      chat_id: hashOf(CHAT),
      user_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      event_id: provider === 'whatsapp' ? hashOf(eventId) : eventId,
    });
  });
});

test('VERBOSE adds lines about calls, and is off by default', async () => {
  const calls = async (environment: Readonly<Record<string, string>>) => {
    const world = twoHops({ agent, environment });
    await world.post();
    await world.work(world.events()[0] ?? {});
    return world.log.of('call_made').map(({ call }) => call);
  };
  const main = ['histories.open', 'agent', 'histories.save', 'sender.send', 'delivery.done'];
  expect((await calls({ VERBOSE: 'yes' })).filter((call) => main.includes(String(call)))).toEqual(main);
  expect(await calls({})).toEqual([]);
  expect(await calls({ VERBOSE: 'loud' })).toEqual([]);
});
