import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explain } from '../../../runtime/bot/trace/explain.ts';
import { hookline } from '../../cli/capture.ts';
import { awsError } from '../../support/tap.ts';
import { jointWorld } from './joint-world.ts';
import { CALLS, idsOf, ofEvent, TELEGRAM_CHAT, traced } from './trace-outcomes.ts';

const twoParts = () => ['one', 'two'].map((content) => ({ type: 'text' as const, content }));

describe('the time line', () => {
  test('the example of docs/bot.md is what the command prints, but for the times', async () => {
    const world = jointWorld({ policy: 'fifo', provider: 'telegram', agent: twoParts });
    world.platform.fail({ kind: 'pass' });
    world.platform.fail({ kind: 'unreachable', times: CALLS });
    await world.post({ eventId: '700000042', chatId: '5550000007' });
    await world.workOff();
    const { out } = await world.command('trace', '700000042');
    const masked = (text: string) => text.replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'time').trim();
    const shown = readFileSync('docs/bot.md', 'utf8').match(/```text\n(event 700000042[^`]+)```/)?.[1];
    expect(masked(shown ?? '')).toBe(masked(out));
  });

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
    const { out, exitCode } = await hookline(['trace', ids.eventId, '--project', 'shop'], { aws: broken });
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

test('a message whose text went into the turn of another names the event that carries the reply', () => {
  const ledger = {
    eventId: '1',
    sentAt: '',
    decidedAtMillis: 0,
    attempt: 'a',
    rule: 'agent',
    parts: 0,
    carriedBy: '2',
  };
  const nothing = { deadLetters: [], captured: [], lines: [], requests: [] };
  const { verdict, steps } = explain({
    provider: 'telegram',
    loggedId: '1',
    isQueued: true,
    ledger,
    ...nothing,
  });
  expect(verdict).toMatchObject({
    outcome: 'merged',
    rule: 'agent',
    sentence: expect.stringContaining('turn of event 2'),
  });
  expect(steps).toMatchObject([{ kind: 'decided', rule: 'agent', detail: 'the reply is that of event 2' }]);
});
