import { expect, test } from 'vitest';
import { readBotConfig } from '../../../runtime/bot/config.ts';

const warningsOf = (variables: Record<string, string>) =>
  readBotConfig({ BOT_TYPE: 'telegram', TELEGRAM_TOKEN: '1:t', ...variables }).warnings.filter((warning) =>
    warning.startsWith('HISTORY_'),
  );

test.each(['', 'per_user', 'Per-User', 'peruser', 'user', 'user_id', 'by_user'])(
  'HISTORY_MODE %s is one history a chat',
  (mode) => {
    expect(warningsOf({ HISTORY_MODE: mode })).toEqual([]);
  },
);

test.each(['shared', 'global', 'ALL-USERS', 'allusers', 'aggregate', 'aggregated'])(
  'HISTORY_MODE %s is refused: what was written elsewhere meanwhile would be missing later',
  (mode) => {
    expect(() => warningsOf({ HISTORY_MODE: mode })).toThrow('HISTORY_MODE is shared');
  },
);

test('an unknown mode is per user, with a warning that does not quote it', () => {
  const [warning] = warningsOf({ HISTORY_MODE: 'sharde' });
  expect(warning).toBe('HISTORY_MODE is not one of per_user, shared; using per_user');
});

test('a rotation by age warns; by number of rows it does not', () => {
  for (const rotation of ['messages', 'count', 'max-messages', 'message_count'])
    expect(warningsOf({ HISTORY_ROTATION: rotation })).toEqual([]);
  for (const rotation of ['time_period', 'age', 'either', 'never'])
    expect(warningsOf({ HISTORY_ROTATION: rotation })).toHaveLength(1);
});
