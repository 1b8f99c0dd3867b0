import { describe, expect, it, test } from 'vitest';
import { httpAgent } from '../../../runtime/bot/agents/http.ts';
import { lambdaAgent } from '../../../runtime/bot/agents/lambda.ts';
import type { RemoteRequest } from '../../../runtime/bot/agents/remote.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { awsError } from '../../support/tap.ts';
import { asynchronous, CHAT, context, queued, storedTexts, textJob, workerWorld } from './worker-world.ts';

const USAGE = { model: 'own:one', tokensIn: 3, tokensOut: 4, costUsd: 0.5 };
const JOB = textJob('hello', 'wamid.1');
/** Then what an agent can never answer is thrown, not captured and done with. */
const UNCAPTURED = { CAPTURE_FAILED_EVENTS: 'false' };

/** Ways to answer that every remote agent has, whatever lies between. */
interface Remote {
  /** What was asked, oldest first. */
  readonly requests: RemoteRequest[];
  readonly agent: ReturnType<typeof httpAgent>;
}

function remote(kind: string, answer: (request: RemoteRequest) => string): Remote {
  const requests: RemoteRequest[] = [];
  const take = (body: string): string => {
    const request = JSON.parse(body) as RemoteRequest;
    requests.push(request);
    return answer(request);
  };
  if (kind === 'http') {
    const fetch = (async (_url, init) => new Response(take(String(init?.body)))) as typeof globalThis.fetch;
    return { requests, agent: httpAgent({ url: 'https://answers.example/turn', fetch }) };
  }
  const client = new FakeLambda();
  client.answer = ({ payload }) => ({ Payload: Buffer.from(take(JSON.stringify(payload))) });
  return { requests, agent: lambdaAgent({ functionName: 'answers:live', client }) };
}

const answering = (answer: unknown) => () => JSON.stringify(answer);

describe.each(['http', 'lambda'])('an agent behind %s', (kind) => {
  it('is given the turn, the rows, the time and the trace, and its reply is sent and stored', async () => {
    const { agent, requests } = remote(kind, ({ turn }) =>
      JSON.stringify({ reply: `You said: ${turn.text}` }),
    );
    const { worker, provider, s3 } = workerWorld({ policy: 'fifo', agent });
    await worker(queued(textJob('first', 'wamid.0')), context());
    await worker(queued(JOB), context());
    expect(provider.sent.map(({ text }) => text)).toEqual(['You said: first', 'You said: hello']);
    expect(storedTexts(s3)).toEqual(['first', 'You said: first', 'hello', 'You said: hello']);
    expect(requests[1]).toMatchObject({
      v: 1,
      turn: { chatId: CHAT, eventId: 'wamid.1', kind: 'text', text: 'hello' },
      history: [
        { role: 'user', type: 'user', blocks: [{ type: 'text', content: 'first' }] },
        { role: 'agent', type: 'agent', blocks: [{ type: 'text', content: 'You said: first' }] },
      ],
      traceparent: JOB.traceparent,
    });
    expect(requests[1]?.deadlineMillis).toBeLessThanOrEqual(120_000);
    expect(requests[1]?.deadlineMillis).toBeGreaterThan(60_000);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', null, []],
    [
      'blocks',
      [
        { type: 'text', content: 'one' },
        { type: 'text', content: 'two' },
      ],
      ['one', 'two'],
    ],
    ['any value', { price: 3 }, ['{"price":3}']],
  ])('may reply %s', async (_name, reply, expected) => {
    const { worker, provider } = workerWorld({
      policy: 'fifo',
      agent: remote(kind, answering({ reply })).agent,
    });
    await worker(queued(JOB), context());
    expect(provider.sent.map(({ text }) => text)).toEqual(expected);
  });

  test('bot A67: what it used is counted like a model’s answer', async () => {
    const { agent } = remote(kind, answering({ reply: 'yes', usage: USAGE }));
    const { worker, lines } = workerWorld({ policy: 'fifo', agent });
    await worker(queued(JOB), context());
    expect(lines.find(({ message }) => message === 'worker_job_finished')).toMatchObject({
      tokens_in: 3,
      tokens_out: 4,
      cost_usd: 0.5,
    });
  });

  it.each([
    ['no JSON', 'yes', 'The agent must answer with an object that has a field reply'],
    ['no reply', '{"text":"yes"}', 'The agent must answer with an object that has a field reply'],
    [
      'a wrong usage',
      '{"reply":"yes","usage":{"model":"m","tokensIn":"3","tokensOut":1}}',
      "The agent's usage must have",
    ],
    [
      'a wrong cost',
      JSON.stringify({ reply: 'y', usage: { ...USAGE, costUsd: -1 } }),
      "The agent's usage must have",
    ],
    [
      'more than 1 MB',
      JSON.stringify({ reply: 'x'.repeat(1_000_001) }),
      "The agent's answer is larger than 1 MB",
    ],
  ])('that answers %s has failed, and nothing is sent', async (_name, answer, message) => {
    const { worker, provider } = workerWorld({
      agent: remote(kind, () => answer).agent,
      environment: UNCAPTURED,
    });
    await expect(worker(asynchronous(JOB), context())).rejects.toMatchObject({
      errorClass: 'permanent',
      message: expect.stringContaining(message),
    });
    expect(provider.sent).toEqual([]);
  });

  it('is given fewer rows when all of them would be too large, the newest first', async () => {
    const { agent, requests } = remote(kind, answering({ reply: 'yes' }));
    const world = workerWorld({ policy: 'fifo', agent });
    const { worker } = world.another({
      agent: (_turn, { history }) => {
        for (const name of ['old', 'new'])
          history.append({
            role: name,
            type: 'tool',
            blocks: [{ type: 'text', content: 'ñ'.repeat(1_300_000) }],
          });
        return null;
      },
    });
    await worker(queued(textJob('first', 'wamid.0')), context());
    await world.worker(queued(JOB), context());
    expect(requests[0]?.history.map(({ role }) => role)).toEqual(['new']);
  });
});

describe('an agent that is a Lambda function', () => {
  const lambdaWorld = (lambda: FakeLambda, timeoutSeconds?: number) =>
    workerWorld({
      agent: lambdaAgent({
        functionName: 'answers:live',
        client: lambda,
        ...(timeoutSeconds && { timeoutSeconds }),
      }),
      environment: UNCAPTURED,
    });

  it('is invoked once and waited for', async () => {
    const lambda = new FakeLambda();
    lambda.answer = () => ({ Payload: Buffer.from('{"reply":"yes"}') });
    const { worker } = lambdaWorld(lambda);
    await worker(asynchronous(JOB), context());
    expect(lambda.invocations).toMatchObject([
      { functionName: 'answers:live', invocationType: 'RequestResponse' },
    ]);
  });

  it.each([
    ['throttled', awsError('TooManyRequestsException', 429), 'transient'],
    ['broken', awsError('ServiceException', 500), 'transient'],
    ['not allowed', awsError('AccessDeniedException', 403), 'hold'],
    ['not there', awsError('ResourceNotFoundException', 404), 'hold'],
    ['given what it does not take', awsError('InvalidRequestContentException', 400), 'permanent'],
  ])('%s is classified, and not invoked again in this attempt', async (_name, error, errorClass) => {
    const lambda = new FakeLambda();
    lambda.tap.before = () => {
      throw error;
    };
    const { worker } = lambdaWorld(lambda);
    await expect(worker(asynchronous(JOB), context())).rejects.toMatchObject({
      errorClass,
      message: expect.stringContaining(`lambda:InvokeFunction: ${error.name}`),
    });
    expect(lambda.tap.calls).toEqual(['Invoke']);
  });

  it('that fails in its own code is tried again later; its words are not logged', async () => {
    const lambda = new FakeLambda();
    lambda.answer = () => ({
      FunctionError: 'Unhandled',
      Payload: Buffer.from('{"errorMessage":"private"}'),
    });
    const { worker, lines } = lambdaWorld(lambda);
    await expect(worker(asynchronous(JOB), context())).rejects.toMatchObject({
      errorClass: 'transient',
      message: "The agent's function failed (Unhandled)",
    });
    expect(JSON.stringify(lines)).not.toContain('private');
  });

  it('is waited for no longer than is configured', async () => {
    const lambda = new FakeLambda();
    const client = {
      send: (command: { readonly input: object }, { abortSignal }: { abortSignal: AbortSignal }) =>
        Promise.race([
          lambda.send(command).then(() => new Promise(() => {})),
          new Promise((_, reject) =>
            abortSignal.addEventListener('abort', () => reject(new Error('aborted'))),
          ),
        ]),
    };
    const agent = lambdaAgent({ functionName: 'answers', client, timeoutSeconds: 0.02 });
    const { worker } = workerWorld({ agent });
    await expect(worker(asynchronous(JOB), context())).rejects.toMatchObject({
      errorClass: 'transient',
      code: 'agent_timeout',
    });
    expect(lambda.invocations).toHaveLength(1);
  });
});

describe('an agent behind an address', () => {
  const httpWorld = (fetch: typeof globalThis.fetch, more: object = {}) =>
    workerWorld({
      agent: httpAgent({ url: 'https://answers.example/turn', fetch, ...more }),
      environment: { KEY: 'k-1', ...UNCAPTURED },
    });

  test('bot A72: the request carries the trace context, and headers that may be secrets', async () => {
    const seen: Request[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      seen.push(new Request(input, init));
      return Response.json({ reply: 'yes' });
    };
    const headers = ({ getKey }: { getKey(name: string): string | undefined }) => ({
      authorization: `Bearer ${getKey('KEY')}`,
    });
    const { worker } = httpWorld(fetch, { headers });
    await worker(asynchronous(JOB), context());
    expect(seen.map(({ method, url, redirect }) => [method, url, redirect])).toEqual([
      ['POST', 'https://answers.example/turn', 'manual'],
    ]);
    expect(Object.fromEntries(seen[0]?.headers ?? [])).toMatchObject({
      traceparent: JOB.traceparent,
      authorization: 'Bearer k-1',
      'content-type': 'application/json',
    });
  });

  it.each([
    [429, 'transient'],
    [503, 'transient'],
    [401, 'hold'],
    [404, 'hold'],
    [400, 'permanent'],
    [302, 'permanent'],
  ])('that answers %i is a %s failure', async (status, errorClass) => {
    const { worker } = httpWorld(async () => new Response('private words', { status }));
    await expect(worker(asynchronous(JOB), context())).rejects.toMatchObject({
      errorClass,
      message: `The agent refused (HTTP ${status})`,
    });
  });

  it('that is not there, or silent, is tried again later', async () => {
    const refused = new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
    const down = httpWorld(() => Promise.reject(refused));
    await expect(down.worker(asynchronous(JOB), context())).rejects.toMatchObject({
      errorClass: 'transient',
      message: 'The agent was not reached (ECONNREFUSED)',
    });
    const silent: typeof fetch = (_url, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    const { worker } = httpWorld(silent, { timeoutSeconds: 0.02 });
    await expect(worker(asynchronous(JOB), context())).rejects.toMatchObject({
      errorClass: 'transient',
      message: 'The agent was not reached (no answer in time)',
    });
  });

  it('must have an address', () => {
    for (const url of ['', 'answers', 'ftp://answers.example'])
      expect(() => httpAgent({ url })).toThrow('The url of httpAgent is no http(s) address');
  });
});
