import { describe, expect, test } from 'vitest';
import { setTakeOver } from '../../../runtime/bot/chat-state.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import type { MessageTrace, Outcome, TraceAnswer } from '../../../runtime/bot/trace/model.ts';
import { dynamoLock } from '../../../runtime/core/lock.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { hookline } from '../../cli/capture.ts';
import { awsError } from '../../support/tap.ts';
import { type JointOptions, type JointWorld, jointWorld } from './joint-world.ts';

const CHAT = '12025550107';
const TELEGRAM_CHAT = '5550000007';

type Provider = JointOptions['provider'];

/** One kind of outcome, and how a bot comes to it with the real hops. */
interface Row {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly on: readonly (readonly [JointOptions['policy'], Provider])[];
  readonly options?: Omit<JointOptions, 'policy' | 'provider'>;
  /** Lets the message come to its end; `post` delivers its webhook. */
  arrange(world: JointWorld, post: () => Promise<{ readonly statusCode: number }>, ids: Ids): Promise<void>;
}

interface Ids {
  readonly eventId: string;
  readonly chatId: string;
  readonly messageId: string;
}

const EVERYWHERE = [
  ['drop', 'whatsapp'],
  ['drop', 'telegram'],
  ['fifo', 'whatsapp'],
  ['fifo', 'telegram'],
] as const;
const INVOKED = EVERYWHERE.filter(([policy]) => policy === 'drop');
const CALLS = 4;

const ROWS: readonly Row[] = [
  {
    outcome: 'answered',
    rule: 'agent',
    on: EVERYWHERE,
    async arrange({ workOff }, post) {
      await post();
      await workOff();
    },
  },
  {
    outcome: 'resumed',
    rule: 'agent',
    on: EVERYWHERE,
    async arrange({ platform, workOff }, post) {
      platform.fail({ kind: 'unreachable', times: CALLS });
      await post();
      await workOff();
    },
  },
  {
    outcome: 'part_repeated',
    rule: 'agent',
    on: EVERYWHERE,
    async arrange({ platform, workOff }, post) {
      platform.fail({ kind: 'lose-answer' });
      await post();
      await workOff();
    },
  },
  {
    outcome: 'held',
    rule: 'send_unclear',
    on: EVERYWHERE,
    options: { environment: { SEND_AMBIGUITY_POLICY: 'hold' } },
    async arrange({ platform, workOff }, post) {
      platform.fail({ kind: 'lose-answer' });
      await post();
      await workOff();
    },
  },
  {
    outcome: 'refused',
    rule: 'send_failed',
    on: EVERYWHERE,
    async arrange({ platform, workOff }, post) {
      platform.fail({ kind: 'refuse' });
      await post();
      await workOff();
    },
  },
  {
    outcome: 'duplicate',
    rule: 'agent',
    on: EVERYWHERE,
    async arrange({ clock, workOff }, post) {
      await post();
      await workOff();
      clock.jump(400_000);
      await post();
      await workOff();
    },
  },
  {
    outcome: 'busy',
    rule: 'busy',
    on: INVOKED,
    async arrange({ dynamodb, clock, workOff }, post, { chatId }) {
      const times = { ttlSeconds: 180, busyUntilSeconds: clock.nowMillis() / 1000 + 60 };
      const held = { key: chatId, owner: 'another', eventId: 'another', ...times };
      await dynamoLock(dynamodb, 'locks', clock).acquire(held);
      await post();
      await workOff();
    },
  },
  {
    outcome: 'too_old',
    rule: 'too_old',
    on: INVOKED,
    async arrange({ clock, post, webhook, send }, _, ids) {
      expect(post).toBeDefined();
      await send(webhook({ ...ids, sentMillis: clock.nowMillis() - 130_000 }));
    },
  },
  {
    outcome: 'dead',
    rule: 'transient',
    on: EVERYWHERE,
    options: {
      agent: () => {
        throw new TypeError('no');
      },
    },
    async arrange({ workOff }, post) {
      await post();
      await workOff();
    },
  },
  {
    outcome: 'not_handed_off',
    rule: 'hand_off_failed',
    on: EVERYWHERE,
    async arrange({ tap }, post) {
      tap.before = ({ name }) => {
        if (name === 'Invoke' || name.startsWith('SendMessage')) throw awsError('InternalServerError', 500);
      };
      expect((await post()).statusCode).toBe(503);
      tap.before = undefined;
    },
  },
  {
    outcome: 'waiting',
    rule: 'none',
    on: EVERYWHERE,
    async arrange(_, post) {
      await post();
    },
  },
  {
    outcome: 'coming_back',
    rule: 'transient',
    on: EVERYWHERE,
    async arrange({ platform, work }, post) {
      platform.fail({ kind: 'unreachable', times: CALLS });
      await post();
      await work();
    },
  },
  {
    outcome: 'no_reply',
    rule: 'agent',
    on: EVERYWHERE,
    options: { agent: () => null },
    async arrange({ workOff }, post) {
      await post();
      await workOff();
    },
  },
  {
    outcome: 'taken_over',
    rule: 'taken_over',
    on: EVERYWHERE,
    async arrange({ s3, clock, variables, workOff }, post, { chatId }) {
      const objects = s3ObjectStore(s3, 'bucket', clock);
      const histories = historyStore(objects, clock, { prefix: 'history', tmpDir: variables.MAWS_TMP_DIR });
      await setTakeOver(histories, clock, chatId, clock.nowMillis() + 3_600_000);
      await post();
      await workOff();
    },
  },
  {
    outcome: 'spend_limit',
    rule: 'spend_limit',
    on: EVERYWHERE,
    options: {
      environment: { SPEND_LIMIT_USD_PER_CHAT_DAY: '0.5' },
      agent: (_, { countUsage }) => {
        countUsage({ model: 'openai:small', tokensIn: 1, tokensOut: 1, costUsd: 1 });
        return 'dear';
      },
    },
    async arrange({ post, workOff }, own, { chatId }) {
      await post({ chatId, eventId: '1000001' });
      await workOff();
      await own();
      await workOff();
    },
  },
];

const idsOf = (provider: Provider): Ids =>
  provider === 'whatsapp'
    ? { eventId: 'wamid.TRACED', chatId: CHAT, messageId: 'wamid.TRACED' }
    : { eventId: '7000042', chatId: TELEGRAM_CHAT, messageId: '43' };

/** What `hookline trace` prints as JSON. */
async function traced(world: JointWorld, id: string): Promise<TraceAnswer> {
  const { out, error, exitCode } = await world.command('trace', id, '--json');
  expect({ error, exitCode }).toEqual({ error: '', exitCode: 0 });
  return JSON.parse(out) as TraceAnswer;
}

const ofEvent = ({ found }: TraceAnswer, eventId: string, isUnnamed: boolean): MessageTrace => {
  const named = found?.messages.find((message) => message.eventId === eventId);
  const message = named ?? (isUnnamed ? found?.messages.at(-1) : undefined);
  if (!message) throw new Error(`No trace of ${eventId}`);
  return message;
};

/** Where no source holds the clear event id of WhatsApp, a trace by chat shows the log's hash. */
const UNNAMED: ReadonlySet<Outcome> = new Set(['busy', 'too_old', 'not_handed_off', 'waiting']);

describe.each(ROWS)('$outcome', ({ outcome, rule, on, options, arrange }) => {
  test.each(on)(
    'bot A68: %s, %s: trace names it by event id, message id and chat',
    async (policy, provider) => {
      const world = jointWorld({ policy, provider, ...options });
      const ids = idsOf(provider);
      await arrange(world, () => world.post(ids), ids);
      for (const [by, id] of Object.entries(ids)) {
        const answer = await traced(world, id);
        expect(answer.sources.filter(({ status }) => status !== 'read')).toEqual([]);
        const { verdict } = ofEvent(answer, ids.eventId, by === 'chatId' && UNNAMED.has(outcome));
        expect([verdict.outcome, ...verdict.also], by).toContain(outcome);
        expect(verdict.rule ?? 'none', by).toBe(rule);
        if (rule !== 'none') expect(verdict.sentence, by).toMatch(new RegExp(`rule ${rule}|Part 1`));
      }
    },
  );
});

test.each(EVERYWHERE)(
  'bot A68: %s, %s: of an unknown id nothing is known, exit 1',
  async (policy, provider) => {
    const world = jointWorld({ policy, provider });
    await world.post(idsOf(provider));
    const { exitCode, error } = await world.command('trace', 'unknown');
    expect(exitCode).toBe(1);
    expect(error).toContain('Nothing is known of unknown since 2026-11-14T');
  },
);

describe('the time line', () => {
  const twoParts = () => ['one', 'two'].map((content) => ({ type: 'text' as const, content }));

  test('each step has its time, its attempt, its part and its rule, from every source', async () => {
    const world = jointWorld({ policy: 'fifo', provider: 'whatsapp', agent: twoParts });
    world.platform.fail({ kind: 'pass' });
    world.platform.fail({ kind: 'unreachable', times: CALLS });
    const ids = idsOf('whatsapp');
    await world.post(ids);
    await world.workOff();
    await world.report('delivered');
    world.clock.jump(60_000);
    await world.report('read');
    const { steps } = ofEvent(await traced(world, ids.eventId), ids.eventId, false);
    expect(
      steps.map(({ kind, attempt, part, rule }) => [kind, attempt, part, rule].join(' ').trim()),
    ).toEqual([
      'received',
      'handed_off',
      'claimed 1',
      'decided 1  agent',
      'part_begun 1 1',
      'part_accepted 1 1',
      'part_begun 1 2',
      'failed 1 2 transient',
      'claimed 2',
      'part_begun 2 2',
      'part_accepted 2 2',
      'done 2  agent',
      'part_delivered  1',
      'part_delivered  2',
      'part_read  1',
      'part_read  2',
    ]);
    const seconds = steps.map(({ at = '' }) => at.slice(0, 19));
    expect(seconds).toEqual([...seconds].sort());
    expect(seconds).not.toContain('');
    expect(steps[5]?.detail).toMatch(/^message id wamid\./);
  });

  test('without the logs the table and the history still tell, and the log is named as not read', async () => {
    const world = jointWorld({ policy: 'fifo', provider: 'whatsapp', agent: twoParts });
    const ids = idsOf('whatsapp');
    await world.post(ids);
    await world.workOff();
    await world.report('delivered');
    const broken = {
      ...world.aws,
      logs: async () => ({ send: () => Promise.reject(awsError('AccessDeniedException', 400)) }),
    };
    const { out, exitCode } = await hookline(['trace', ids.eventId, '--name', 'shop'], { aws: broken });
    expect(exitCode).toBe(0);
    expect(out).toContain('log could not be read: AwsCallError: logs:FilterLogEvents: AccessDeniedException');
    expect(out).toMatch(/decided +rule agent, 2 parts {2}\(history\)/);
    expect(out).toMatch(/time unknown +part 1 accepted +message id wamid/);
    expect(out).toContain('Answered: rule agent decided, and 2 parts were accepted.');
  });

  test("without the bot's secrets ids in the log cannot be computed, which is said", async () => {
    const world = jointWorld({ policy: 'fifo', provider: 'whatsapp' });
    const ids = idsOf('whatsapp');
    await world.post(ids);
    await world.workOff();
    world.ssm.parameters.clear();
    const { out, exitCode } = await world.command('bot', 'trace', ids.eventId);
    expect(exitCode).toBe(0);
    expect(out).toContain(
      "Ids in the log cannot be computed without the bot's secrets: AwsCallError: ssm:GetParameter",
    );
    expect(out).toContain('Answered: rule agent decided');
  });

  test('dead letters are looked at and stay; those that FIFO hides are counted', async () => {
    const agent = () => {
      throw new TypeError('no');
    };
    const world = jointWorld({ policy: 'fifo', provider: 'telegram', agent });
    for (let n = 0; n < 12; n++) await world.post({ chatId: TELEGRAM_CHAT, eventId: String(8_000_000 + n) });
    for (let n = 0; n < 12; n++) await world.workOff();
    expect(world.sqs.messages(world.deadUrl)).toHaveLength(12);
    const answer = await traced(world, '8000000');
    expect(ofEvent(answer, '8000000', false).verdict.outcome).toBe('dead');
    expect(
      world.sqs
        .messages(world.deadUrl)
        .filter(({ visibleAtMillis }) => visibleAtMillis > world.clock.nowMillis()),
    ).toEqual([]);
    expect(answer.sources).toContainEqual({
      source: 'dead letters',
      status: 'partial',
      note: expect.stringMatching(/^2 of about 12 dead letters are hidden/),
    });
  });
});

test.each(EVERYWHERE)(
  'bot A60: %s, %s: no line has a clear id, and trace finds them by the clear id',
  async (policy, provider) => {
    const world = jointWorld({
      policy,
      provider,
      environment: { VERBOSE: 'true', LOG_HASH_KEY: 'a key of its own' },
    });
    const ids = idsOf(provider);
    await world.post({ ...ids, text: 'my secret text' });
    await world.workOff();
    const logged = world.logs.text();
    for (const secret of ['secret text', ids.chatId, 'wamid.', 'graph-token', '1:token', 'a key of its own'])
      expect(logged).not.toContain(secret);
    for (const id of Object.values(ids))
      expect(ofEvent(await traced(world, id), ids.eventId, false).verdict.outcome).toBe('answered');
  },
);
