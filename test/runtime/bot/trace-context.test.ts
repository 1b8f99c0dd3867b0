import { describe, expect, test } from 'vitest';
import { createOpenAiStandIn } from '../../../local/stand-ins/openai.ts';
import { llmAgent } from '../../../runtime/bot/agents/llm.ts';
import { SECRETS, twoHops } from './two-hops.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const WELL_FORMED = `00-${TRACE_ID}-b7ad6b7169203331-01`;
const NONE = '0'.repeat(32);

/** Posts one webhook, works it, and says which trace ids were seen where. */
async function traceIds(policy: 'drop' | 'fifo', header: string | undefined) {
  const openai = createOpenAiStandIn();
  const inRequests: unknown[] = [];
  const inContexts: string[] = [];
  const model = llmAgent({
    model: 'small',
    fetch: async (input, init) => {
      const request = new Request(input, init);
      inRequests.push(request.headers.get('traceparent'));
      return openai.fetch(request);
    },
  });
  const world = twoHops({
    policy,
    environment: { OPENAI_API_KEY: SECRETS.OPENAI_API_KEY, VERBOSE: 'true' },
    agent: (turn, context) => {
      inContexts.push(context.traceparent);
      context.log.info('agent_asked');
      return model(turn, context);
    },
  });
  await world.post({}, header === undefined ? {} : { traceparent: header });
  const [event = {}] = world.events();
  const [job] = world.jobs();
  await world.work(event);
  expect(world.platform.sent).toHaveLength(1);
  expect(inContexts).toHaveLength(1);
  expect(inRequests).toHaveLength(1);
  const lines = world.log.lines;
  for (const line of [
    'job_handed_off',
    'webhook_answered',
    'agent_asked',
    'call_made',
    'worker_job_finished',
  ])
    expect(lines.map(({ message }) => message)).toContain(line);
  return {
    carried: [job?.traceparent, inContexts[0], inRequests[0]].map((value) => String(value).split('-')[1]),
    logged: lines.map((line) => line.trace_id),
  };
}

describe.each(['drop', 'fifo'] as const)('bot A72: under %s', (policy) => {
  test('bot A72: a well-formed traceparent goes to job, ctx, model request and every log line of both hops', async () => {
    const { carried, logged } = await traceIds(policy, WELL_FORMED);
    expect(new Set([...carried, ...logged])).toEqual(new Set([TRACE_ID]));
  });

  test.each([
    ['a malformed one', `00-${TRACE_ID}-b7ad6b7169203331`],
    ['one of another version', `99-${TRACE_ID}-b7ad6b7169203331-01`],
    ['one of zeros', `00-${NONE}-b7ad6b7169203331-01`],
    ['none', undefined],
  ])('bot A72: %s is replaced by a new one, which goes as far', async (_case, header) => {
    const first = await traceIds(policy, header);
    const ids = new Set([...first.carried, ...first.logged]);
    expect(ids.size).toBe(1);
    const [id] = ids;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect([TRACE_ID, NONE]).not.toContain(id);
    const second = await traceIds(policy, header);
    expect(second.carried).not.toContain(id);
  });
});
