import { expect } from 'vitest';
import { blockedBy, changeChatState, setTakeOver } from '../../../runtime/bot/chat-state.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import { dynamoLock } from '../../../runtime/core/lock.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { awsError } from '../../support/tap.ts';
import type { JointWorld } from './joint-world.ts';
import { CALLS, EVERYWHERE, INVOKED, type Row, WHATSAPP } from './trace-outcomes.ts';

const historiesOf = ({ s3, clock, variables }: JointWorld) =>
  historyStore(s3ObjectStore(s3, 'bucket', clock), clock, {
    prefix: 'history',
    tmpDir: variables.MAWS_TMP_DIR,
  });

/** Every kind of outcome, with the rule that decides it. */
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
    async arrange(world, post, { chatId }) {
      const { clock, workOff } = world;
      await setTakeOver(historiesOf(world), clock, chatId, clock.nowMillis() + 3_600_000);
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
  {
    outcome: 'window_closed',
    rule: 'window_closed',
    on: WHATSAPP,
    async arrange({ clock, workOff }, post) {
      await post();
      clock.jump(25 * 3_600_000);
      await workOff();
    },
  },
  {
    outcome: 'blocked',
    rule: 'blocked',
    on: EVERYWHERE,
    async arrange(world, post, { chatId }) {
      const { clock, workOff } = world;
      const later = clock.nowMillis() + 3_600_000;
      await changeChatState(historiesOf(world), clock, chatId, [blockedBy(later)]);
      await post();
      await workOff();
    },
  },
  {
    outcome: 'stored',
    rule: 'stored',
    on: WHATSAPP,
    async arrange({ post, workOff }, _, ids) {
      const edit = (message: Record<string, unknown>) => {
        delete message.text;
        Object.assign(message, { type: 'reaction', reaction: { message_id: 'wamid.X', emoji: '👍' } });
      };
      await post({ ...ids, edit });
      await workOff();
    },
  },
  {
    outcome: 'not_allowed',
    rule: 'not_allowed',
    on: EVERYWHERE,
    options: { environment: { ALLOWED_USERS_JSON: '["1"]' } },
    async arrange(_, post) {
      await post();
    },
  },
  {
    outcome: 'group_policy',
    rule: 'group_policy',
    on: EVERYWHERE,
    options: { environment: { GROUP_POLICY: 'off' } },
    async arrange({ post }, _, ids) {
      const edit = (message: Record<string, unknown>) => {
        Object.assign(message, {
          group_id: ids.chatId,
          chat: { id: Number(ids.chatId), type: 'supergroup' },
        });
      };
      await post({ ...ids, edit });
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
