import { expect } from 'vitest';
import { setTakeOver } from '../../../runtime/bot/chat-state.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import type { MessageTrace, Outcome, TraceAnswer } from '../../../runtime/bot/trace/model.ts';
import { dynamoLock } from '../../../runtime/core/lock.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { awsError } from '../../support/tap.ts';
import type { JointOptions, JointWorld } from './joint-world.ts';

const CHAT = '12025550107';
export const TELEGRAM_CHAT = '5550000007';

type Provider = JointOptions['provider'];

/** One kind of outcome, and how a bot comes to it with the real hops. */
export interface Row {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly on: readonly (readonly [JointOptions['policy'], Provider])[];
  readonly options?: Omit<JointOptions, 'policy' | 'provider'>;
  /** Another's message: nobody reads whose chat it belongs to. */
  readonly isForeign?: boolean;
  /** Lets the message come to its end; `post` delivers its webhook. */
  arrange(world: JointWorld, post: () => Promise<{ readonly statusCode: number }>, ids: Ids): Promise<void>;
}

interface Ids {
  readonly eventId: string;
  readonly chatId: string;
  readonly messageId: string;
}

export const EVERYWHERE = [
  ['drop', 'whatsapp'],
  ['drop', 'telegram'],
  ['fifo', 'whatsapp'],
  ['fifo', 'telegram'],
] as const;
const INVOKED = EVERYWHERE.filter(([policy]) => policy === 'drop');
export const CALLS = 4;

export const ROWS: readonly Row[] = [
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
  ...['by the front hop', 'by the worker'].map(
    (by): Row => ({
      outcome: 'rate_limited',
      rule: 'rate_limited',
      on: EVERYWHERE,
      options: { environment: { INGRESS_RATE_PER_MINUTE: '1' } },
      async arrange({ post, workOff, coldIngress }, own, { chatId }) {
        await post({ chatId, eventId: '1000001' });
        await workOff();
        if (by === 'by the worker') coldIngress();
        await own();
        await workOff();
      },
    }),
  ),
  {
    outcome: 'unsupported',
    rule: 'unsupported',
    on: EVERYWHERE,
    async arrange({ post }, _, ids) {
      const edit = (message: Record<string, unknown>) => {
        delete message.text;
        Object.assign(message, { type: 'request_welcome', dice: { emoji: '🎲', value: 6 } });
      };
      await post({ ...ids, edit });
    },
  },
  {
    outcome: 'foreign_number',
    rule: 'foreign_number',
    isForeign: true,
    on: EVERYWHERE.filter(([, provider]) => provider === 'whatsapp'),
    async arrange({ post }, _, ids) {
      await post({ ...ids, edit: (__, value) => Object.assign(value.metadata, { phone_number_id: '1' }) });
    },
  },
];

export const idsOf = (provider: Provider): Ids =>
  provider === 'whatsapp'
    ? { eventId: 'wamid.TRACED', chatId: CHAT, messageId: 'wamid.TRACED' }
    : { eventId: '7000042', chatId: TELEGRAM_CHAT, messageId: '43' };

/** What `hookline trace` prints as JSON. */
export async function traced(world: JointWorld, id: string): Promise<TraceAnswer> {
  const { out, error, exitCode } = await world.command('trace', id, '--json');
  expect({ error, exitCode }).toEqual({ error: '', exitCode: 0 });
  return JSON.parse(out) as TraceAnswer;
}

/** The one message among those that were found. */
export const ofEvent = ({ found }: TraceAnswer, eventId: string, isUnnamed: boolean): MessageTrace => {
  const named = found?.messages.find((message) => message.eventId === eventId);
  const message = named ?? (isUnnamed ? found?.messages.at(-1) : undefined);
  if (!message) throw new Error(`No trace of ${eventId}`);
  return message;
};
