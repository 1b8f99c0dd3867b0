import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../runtime/bot/trace/model.ts';
import { jointWorld } from './joint-world.ts';
import { EVERYWHERE, idsOf, ofEvent, traced } from './trace-outcomes.ts';
import { ROWS } from './trace-rows.ts';

/** Where no source holds the clear event id of WhatsApp, a trace by chat shows the log's hash. */
const UNNAMED: ReadonlySet<Outcome> = new Set([
  'busy',
  'too_old',
  'not_handed_off',
  'waiting',
  'rate_limited',
  'unsupported',
  'not_allowed',
  'group_policy',
  'foreign_number',
]);

describe.each(ROWS)('$outcome', ({ outcome, rule, on, options, isForeign, arrange }) => {
  test.each(on)(
    'bot A68: %s, %s: trace names it by event id, message id and chat',
    async (policy, provider) => {
      const world = jointWorld({ policy, provider, ...options });
      const ids = idsOf(provider);
      await arrange(world, () => world.post(ids), ids);
      for (const [by, id] of Object.entries(ids)) {
        if (isForeign && by === 'chatId') continue;
        const answer = await traced(world, id);
        expect(answer.sources.filter(({ status }) => status !== 'read')).toEqual([]);
        const { verdict } = ofEvent(answer, ids.eventId, by === 'chatId' && UNNAMED.has(outcome));
        expect([verdict.outcome, ...verdict.also], by).toContain(outcome);
        expect(verdict.rule ?? 'none', by).toBe(rule);
        if (rule !== 'none') expect(verdict.sentence, by).toContain(`rule ${rule}`);
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
