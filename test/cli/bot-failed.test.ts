import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { whatsappSignature } from '../../local/recordings/webhooks.ts';
import { HooklineError } from '../../runtime/core/errors.ts';
import {
  type JointMessage,
  type JointOptions,
  type JointWorld,
  jointWorld,
} from '../runtime/bot/joint-world.ts';

const CHAT = '12025550107';
const EVENT = 'wamid.FAILED';
const POLICIES = ['drop', 'fifo'] as const;
const HOLD = { environment: { SEND_AMBIGUITY_POLICY: 'hold' } };

const threeParts = () => ['one', 'two', 'three'].map((content) => ({ type: 'text' as const, content }));

/** A reply of three parts, whose second meets a fault. */
async function failing(
  fault: Parameters<JointWorld['platform']['fail']>[0],
  options: Pick<JointOptions, 'policy'> & Partial<JointOptions>,
) {
  const world = jointWorld({ provider: 'whatsapp', agent: threeParts, ...options });
  world.platform.fail({ kind: 'pass' });
  world.platform.fail(fault);
  await world.post({ chatId: CHAT, eventId: EVENT });
  await world.workOff();
  return world;
}

const texts = ({ platform }: JointWorld) => platform.sent.map(({ text }) => text);
const captured = ({ s3 }: JointWorld) => s3.keys().filter((key) => key.startsWith('failed-events/'));
const done = { exitCode: 0, error: '' };

describe('hookline bot failed resolve', () => {
  test.each(POLICIES)(
    'bot A26: %s: the part held as unclear is not repeated, captured as send_unclear; resolve --sent completes the rest',
    async (policy) => {
      const world = await failing({ kind: 'lose-answer' }, { policy, ...HOLD });
      expect(texts(world)).toEqual(['one', 'two']);
      expect(captured(world)).toHaveLength(1);
      const listed = await world.command('bot', 'failed', 'list');
      expect(listed.out).toMatch(
        /send_unclear +event wamid\.FAILED {2}chat 12025550107 {2}part 2 {2}Unclear/,
      );
      const resolved = await world.command('bot', 'failed', 'resolve', EVENT, '--sent');
      expect(resolved).toMatchObject({
        ...done,
        out: expect.stringContaining('Part 2 of event wamid.FAILED counts as accepted'),
      });
      await world.workOff();
      expect(texts(world)).toEqual(['one', 'two', 'three']);
      expect(world.dynamodb.item(`evt:whatsapp:${EVENT}`)).toMatchObject({
        state: { S: 'done' },
        accepted_2: { S: 'operator' },
      });
      expect(world.sqs.messages(world.deadUrl)).toEqual([]);
      expect(captured(world)).toEqual([]);
    },
  );

  test.each(POLICIES)('bot A26: %s: resolve --resend sends the held part and the rest', async (policy) => {
    // Its first send hangs without being done: nobody knows.
    const world = await failing({ kind: 'html' }, { policy, ...HOLD });
    expect(texts(world)).toEqual(['one']);
    expect(await world.command('bot', 'failed', 'resolve', EVENT, '--resend')).toMatchObject(done);
    await world.workOff();
    expect(texts(world)).toEqual(['one', 'two', 'three']);
    expect(world.sqs.messages(world.deadUrl)).toEqual([]);
  });

  test('a part that a status settled meanwhile is not sent again', async () => {
    const world = await failing({ kind: 'lose-answer' }, { policy: 'fifo', ...HOLD });
    await world.report('delivered');
    const { out } = await world.command('bot', 'failed', 'resolve', EVENT, '--resend');
    expect(out).toContain('was accepted meanwhile and is not sent again');
    await world.workOff();
    expect(texts(world)).toEqual(['one', 'two', 'three']);
  });

  test('what is not held, or not said, changes nothing', async () => {
    const world = await failing({ kind: 'refuse' }, { policy: 'fifo' });
    const calls = () => world.tap.calls.filter((name) => name === 'UpdateItem').length;
    const before = calls();
    for (const flags of [[], ['--sent', '--resend']])
      expect(await world.command('bot', 'failed', 'resolve', EVENT, ...flags)).toMatchObject({
        exitCode: 2,
        error: expect.stringContaining('give either --sent or --resend'),
      });
    expect(await world.command('bot', 'failed', 'resolve', EVENT, '--sent')).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining(`No part of event ${EVENT} is held`),
    });
    expect(calls()).toBe(before);
  });
});

describe('hookline bot failed replay', () => {
  test.each(POLICIES)('%s: what the platform refused is taken up where it stopped', async (policy) => {
    const world = await failing({ kind: 'refuse' }, { policy });
    expect(texts(world)).toEqual(['one']);
    expect(await world.command('bot', 'failed', 'replay', EVENT)).toMatchObject(done);
    await world.workOff();
    expect(texts(world)).toEqual(['one', 'two', 'three']);
    expect(captured(world)).toEqual([]);
  });

  test.each(
    POLICIES.flatMap((policy) => [
      [policy, 'permanent'],
      [policy, 'transient'],
    ]) as [(typeof POLICIES)[number], 'permanent' | 'transient'][],
  )(
    '%s: a large message that the agent failed (%s) is given back whole, though its stored job is gone',
    async (policy, errorClass) => {
      let broken = true;
      const agent = () => {
        if (broken) throw new HooklineError('The answer cannot be used', errorClass);
        return 'mended';
      };
      const world = jointWorld({ policy, provider: 'whatsapp', agent });
      const edit: JointMessage['edit'] = (message) => {
        message.extra = 'x'.repeat(1_200_000);
      };
      await world.post({ chatId: CHAT, eventId: EVENT, edit });
      await world.workOff();
      await world.s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: `jobs/${EVENT}.json` }));
      broken = false;
      expect(await world.command('bot', 'failed', 'replay', EVENT)).toMatchObject(done);
      await world.workOff();
      expect(texts(world).at(-1)).toBe('mended');
      expect([...captured(world), ...world.sqs.messages(world.deadUrl)]).toEqual([]);
      expect(world.s3.object(`jobs/${EVENT}.json`)).toBeUndefined();
    },
  );

  test('a reply that is not stored any more is not asked for anew', async () => {
    const world = await failing({ kind: 'refuse' }, { policy: 'fifo' });
    await world.post({ chatId: CHAT, eventId: 'wamid.NEXT' });
    await world.workOff();
    const sent = texts(world).length;
    const { exitCode, error } = await world.command('bot', 'failed', 'replay', EVENT);
    expect({ exitCode, error }).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('is not stored any more'),
    });
    await world.workOff();
    expect(texts(world)).toHaveLength(sent);
    expect(captured(world)).toHaveLength(1);
  });

  test('the body of a webhook that the earlier library captured becomes its jobs', async () => {
    const world = jointWorld({ policy: 'fifo', provider: 'whatsapp', agent: () => 'hello' });
    const { body } = world.webhook({ chatId: CHAT, eventId: EVENT });
    const object = {
      reason: 'post_failed',
      error: 'E',
      captured_at: '2026-11-21T09:00:00.000Z',
      event: JSON.parse(body),
    };
    await put(world, `failed-events/2026/11/21/whatsapp/${EVENT}.json`, object);
    expect(await world.command('bot', 'failed', 'replay', EVENT)).toMatchObject(done);
    await world.workOff();
    expect(texts(world)).toEqual(['hello']);
  });

  test.each([
    ['bad_body', 'not json', 'A bad_body is no JSON'],
    ['status_failed', { id: 'wamid.X' }, 'cannot be replayed'],
    ['send_failed', { maws_job: {} }, 'only a template reaches its user'],
    ['send_unclear', { maws_job: {}, part: 1 }, 'A held part must be settled'],
    ['post_failed', { other: 1 }, 'There is no job and no webhook in failed-events/'],
    [
      'agent_failed',
      { maws_job: { event_id: EVENT, sent_at: '2026-10-01T00:00:00Z' } },
      '--force gives it back',
    ],
  ])('%s is refused with a sentence', async (reason, event, sentence) => {
    const world = jointWorld({ policy: 'fifo', provider: 'whatsapp' });
    const object = { reason, error: 'E', captured_at: '2026-11-21T09:00:00.000Z', event };
    await put(world, `failed-events/2026/11/21/whatsapp/${EVENT}.json`, object);
    const { exitCode, error } = await world.command('bot', 'failed', 'replay', EVENT);
    expect({ exitCode, error }).toMatchObject({ exitCode: 1, error: expect.stringContaining(sentence) });
    expect(captured(world)).toHaveLength(1);
  });

  test('an event that nobody captured is said to be none', async () => {
    const world = jointWorld({ policy: 'fifo', provider: 'whatsapp' });
    const { exitCode, error } = await world.command('bot', 'failed', 'replay', 'wamid.NONE');
    expect({ exitCode, error }).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('Nothing is captured of event wamid.NONE'),
    });
  });
});

describe('hookline bot failed list', () => {
  test('lists by time and reason, and whole as JSON', async () => {
    const world = await failing({ kind: 'refuse' }, { policy: 'fifo' });
    const list = async (...flags: string[]) => (await world.command('bot', 'failed', 'list', ...flags)).out;
    expect(await list()).toMatch(/^2026-11-21 10:00:0\d {2}send_failed +event wamid\.FAILED/);
    expect(await list()).not.toContain('"two"');
    expect(await list('--reason', 'bad_body')).toBe('Nothing is captured.\n');
    expect(JSON.parse(await list('--json'))).toMatchObject([
      { reason: 'send_failed', part: 2, job: { event_id: EVENT } },
    ]);
    world.clock.jump(2 * 86_400_000);
    expect(await list('--since', '1d')).toBe('Nothing is captured.\n');
    expect(await list('--since', '3d')).toContain('send_failed');
    expect((await world.command('bot', 'failed', 'list', '--since', 'soon')).exitCode).toBe(2);
  });

  test('no captured event holds a secret', async () => {
    const world = await failing({ kind: 'refuse' }, { policy: 'fifo' });
    await world.send({ body: 'not json', headers: signatureOf(world, 'not json') });
    const stored = captured(world).map((key) => Buffer.from(world.s3.object(key)?.body ?? []).toString());
    expect(stored).toHaveLength(2);
    for (const secret of ['graph-token', 'verify', 'app-secret', '1:token'])
      expect(stored.join()).not.toContain(secret);
  });
});

const put = (world: JointWorld, Key: string, object: object) =>
  world.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: JSON.stringify(object) }));

const signatureOf = (world: JointWorld, body: string) => {
  expect(world.variables.BOT_TYPE).toBe('whatsapp');
  return { 'x-hub-signature-256': whatsappSignature(body, 'app-secret') };
};
