import { describe, expect, test } from 'vitest';
import type { Agent, Usage } from '../../../runtime/bot/agent.ts';
import { dayIn } from '../../../runtime/bot/chat-state.ts';
import { HooklineError } from '../../../runtime/core/errors.ts';
import { awsError } from '../../support/tap.ts';
import { context, queued, storedHistory, storedTexts, textJob, workerWorld } from './worker-world.ts';

/** Answers like a model that counts what it used. */
const counting =
  (...usages: Usage[]): Agent =>
  (turn, { countUsage }) => {
    for (const usage of usages) countUsage(usage);
    return `re ${turn.text}`;
  };

const PRICED: Usage = { model: 'openai:small', tokensIn: 120, tokensOut: 30, costUsd: 0.25 };

/** A world that has answered `count` messages. */
async function answered(agent: Agent, count: number, environment: Record<string, string> = {}) {
  const world = workerWorld({ policy: 'fifo', agent, environment });
  for (let index = 1; index <= count; index++)
    await world.worker(queued(textJob(`text ${index}`, `wamid.${index}`)), context());
  return world;
}

const finishedLines = ({ lines }: ReturnType<typeof workerWorld>) =>
  lines.filter((line) => line.message === 'worker_job_finished');

test('bot A66: at the limit a text answers and no model is called; the next day the bot answers again', async () => {
  const world = await answered(counting(PRICED), 3, {
    SPEND_LIMIT_USD_PER_CHAT_DAY: '0.5',
    SPEND_LIMIT_MESSAGE: 'Tomorrow again.',
  });
  expect(world.agentTurns).toEqual(['text 1', 'text 2']);
  expect(world.provider.sent.map((call) => call.text)).toEqual(['re text 1', 're text 2', 'Tomorrow again.']);
  expect(finishedLines(world).map((line) => line.rule)).toEqual(['agent', 'agent', 'spend_limit']);
  expect(storedTexts(world.s3).at(-1)).toBe('text 3');

  world.clock.jump(86_400_000);
  const sent_at = new Date(world.clock.nowMillis()).toISOString();
  await world.worker(queued({ ...textJob('text 4', 'wamid.4'), sent_at }), context());
  expect(world.agentTurns).toEqual(['text 1', 'text 2', 'text 4']);
  expect(world.provider.sent.at(-1)?.text).toBe('re text 4');
});

test('bot A66: an empty text is not sent, and without a limit nothing is spent too much', async () => {
  const environment = { SPEND_LIMIT_USD_PER_CHAT_DAY: '0.25', SPEND_LIMIT_MESSAGE: '' };
  const silent = await answered(counting(PRICED), 2, environment);
  expect(silent.provider.sent).toHaveLength(1);
  const free = await answered(counting({ ...PRICED, costUsd: 1e6 }), 3);
  expect(free.agentTurns).toHaveLength(3);
});

test("bot A67: tokens and cost of a turn stand in the log line, in the row, and in the day's sum", async () => {
  const second: Usage = { model: 'openai:large', tokensIn: 80, tokensOut: 20, costUsd: 0.5 };
  const world = await answered(counting(PRICED, second), 2);
  const used = { tokens_in: 200, tokens_out: 50, cost_usd: 0.75 };
  for (const line of finishedLines(world)) expect(line).toMatchObject({ ...used, model: 'openai:large' });
  const { history } = storedHistory(world.s3);
  const rows = history.rows(10);
  expect(rows.map(({ role, model }) => [role, model])).toEqual([
    ['user', null],
    ['agent', 'openai:large'],
    ['user', null],
    ['agent', 'openai:large'],
  ]);
  expect(rows[1]?.blocks[0]?.metadata?.usage).toEqual(used);
  expect(rows[0]?.blocks[0]?.metadata?.usage).toBeUndefined();
  expect(Number(history.state(`spend_${dayIn('UTC', world.clock.nowMillis())}`))).toBeCloseTo(1.5);
  history.close();
});

test('bot A67: a failed send does not hide what the decision cost, and the resumed run counts nothing twice', async () => {
  const world = workerWorld({ policy: 'fifo', provider: 'telegram', agent: counting(PRICED) });
  world.provider.fail({ kind: 'throttle', retryAfterSeconds: 600, times: 9 });
  await world.worker(queued(textJob('one', '1', 'telegram')), context());
  world.provider.repair();
  await world.worker(queued(textJob('one', '1', 'telegram')), context());
  expect(finishedLines(world).map(({ status, cost_usd }) => [status, cost_usd])).toEqual([
    ['failed', 0.25],
    ['resumed', undefined],
  ]);
  const { history } = storedHistory(world.s3);
  expect(history.state(`spend_${dayIn('UTC', world.clock.nowMillis())}`)).toBe('0.25');
  history.close();
});

test('a model without a price counts its tokens and costs nothing', async () => {
  const world = await answered(counting({ model: 'local:m', tokensIn: 1, tokensOut: 2 }), 1);
  const [line] = finishedLines(world);
  expect(line).toMatchObject({ model: 'local:m', tokens_in: 1, tokens_out: 2 });
  expect(line).not.toHaveProperty('cost_usd');
});

test('a day begins at midnight of the timezone', () => {
  const nowMillis = Date.parse('2026-11-21T23:30:00Z');
  expect(dayIn('UTC', nowMillis)).toBe('2026-11-21');
  expect(dayIn('Europe/Berlin', nowMillis)).toBe('2026-11-22');
});

describe('what a turn without a saved decision spent counts towards the limit of the day', () => {
  const environment = { SPEND_LIMIT_USD_PER_CHAT_DAY: '0.5' };
  const failing =
    (error: Error, usage: Usage = { ...PRICED, costUsd: 1 }): Agent =>
    (_, { countUsage }) => {
      countUsage(usage);
      throw error;
    };
  const permanent = new HooklineError('The answer cannot be used', 'permanent');

  test.each([
    ['that is given up', permanent, { CAPTURE_FAILED_EVENTS: 'true' }],
    ['that is given up without capture', permanent, {}],
    ['that comes back', new Error('The model is down'), {}],
  ])('a turn %s', async (_, error, more) => {
    const world = await answered(failing(error), 5, { ...environment, ...more });
    expect(world.agentTurns).toEqual(['text 1']);
    const { history } = storedHistory(world.s3);
    expect(history.state('spend_2026-11-21')).toBe('1');
    history.close();
    expect(finishedLines(world)[0]).toMatchObject({
      status: expect.stringMatching(/fail|given/),
      cost_usd: 1,
    });
  });

  test('a turn whose reply no platform takes', async () => {
    const world = await answered(counting({ ...PRICED, costUsd: 1 }), 0, environment);
    const broken = world.another({
      environment,
      agent: (_, { countUsage }) => {
        countUsage({ ...PRICED, costUsd: 1 });
        return [{ type: 'image', content: {} }];
      },
    });
    for (const id of ['1', '2']) await broken.worker(queued(textJob('text', `wamid.${id}`)), context());
    expect(world.agentTurns).toEqual(['text']);
  });

  test('nothing spent is no call; a sum that cannot be saved hides no failure', async () => {
    const free = await answered(failing(permanent, { ...PRICED, costUsd: 0 }), 1);
    expect(free.s3.keys().filter((key) => key.startsWith('history/'))).toEqual([]);
    const world = await answered(failing(new Error('down')), 0);
    world.tap.before = ({ name }) => {
      if (name === 'PutObject') throw awsError('AccessDenied', 403);
    };
    expect(await world.worker(queued(textJob('text')), context())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect(finishedLines(world)).toMatchObject([
      { status: 'failed', error: expect.stringContaining('Error') },
    ]);
    expect(world.lines.filter((line) => line.message === 'journal_cleanup_failed')).toMatchObject([
      { what: 'note what was spent' },
    ]);
  });
});
