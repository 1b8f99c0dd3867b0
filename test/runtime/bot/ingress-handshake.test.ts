import { describe, expect, it, vi } from 'vitest';
import { ingressWorld } from './ingress-world.ts';

const loaded = vi.hoisted(() => ({ modules: [] as string[] }));
vi.mock('../../../runtime/bot/worker-handler.ts', () => {
  loaded.modules.push('worker-handler');
  return { buildWorkerHandler: () => async () => 'worked' };
});
vi.mock('../../../runtime/bot/agents/echo.ts', () => {
  loaded.modules.push('echo');
  return { echoAgent: () => '' };
});

const handshake = { 'hub.mode': 'subscribe', 'hub.verify_token': 'verify-token', 'hub.challenge': '1158' };
const get = (query?: Record<string, string>) => ({ method: 'GET', ...(query && { query }) });

describe('handshake', () => {
  it.each(['rest', 'http', 'function_url'] as const)(
    'bot A1: the right token gets the challenge as plain text, and no agent is loaded (%s)',
    async (shape) => {
      const world = ingressWorld('whatsapp');
      const answer = await world.send(get(handshake), shape);
      expect(answer).toEqual({
        statusCode: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
        body: '1158',
      });
      expect(world.tap.calls).toEqual([]);
      expect(loaded.modules).toEqual([]);
    },
  );

  it.each([
    ['wrong token', { ...handshake, 'hub.verify_token': 'verify-tokem' }, {}],
    ['wrong token of another length', { ...handshake, 'hub.verify_token': 'ñ' }, {}],
    ['no query', undefined, {}],
    ['no mode', { 'hub.verify_token': 'verify-token', 'hub.challenge': '1158' }, {}],
    ['another mode', { ...handshake, 'hub.mode': 'unsubscribe' }, {}],
    ['an empty configured token', { ...handshake, 'hub.verify_token': '' }, { WEBHOOK_VERIFY_TOKEN: '' }],
    ['an empty configured token, no query', undefined, { WEBHOOK_VERIFY_TOKEN: ' ' }],
  ])('bot A2: %s is forbidden', async (_case, query, variables) => {
    const answer = await ingressWorld('whatsapp', variables).send(get(query));
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toBe('Forbidden');
  });

  it.each([
    ['telegram', 'GET', 'POST'],
    ['telegram', 'PUT', 'POST'],
    ['whatsapp', 'PUT', 'GET, POST'],
    ['whatsapp', 'DELETE', 'GET, POST'],
    ['whatsapp', 'HEAD', 'GET, POST'],
  ] as const)('bot A3: %s bot, %s is not allowed', async (bot, method, allow) => {
    const answer = await ingressWorld(bot).send({ method, query: handshake });
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow }, body: '"Method not allowed."' });
  });
});

describe('a handshake that cannot be checked', () => {
  it('of a misconfigured bot is 500, never 200', async () => {
    const answer = await ingressWorld('whatsapp', { WHATSAPP_TOKEN: undefined }).send(get(handshake));
    expect(answer).toMatchObject({ statusCode: 500, body: '"Bot is misconfigured."' });
  });

  it('is 503 while the parameter cannot be read, and one call when it can', async () => {
    const variables = { ENV_PARAMETER_NAME: '/bot/env', WEBHOOK_VERIFY_TOKEN: undefined };
    const world = ingressWorld('whatsapp', variables);
    expect(await world.send(get(handshake))).toMatchObject({ statusCode: 503 });
    world.ssm.parameters.set('/bot/env', 'WEBHOOK_VERIFY_TOKEN="verify-token"');
    world.tap.clear();
    expect(await world.send(get(handshake))).toMatchObject({ statusCode: 200, body: '1158' });
    expect(await world.send(get(handshake))).toMatchObject({ statusCode: 200, body: '1158' });
    expect(world.tap.calls).toEqual(['GetParameter']);
  });
});

describe('other invocations', () => {
  it.each([[{}], [null], ['text'], [{ Records: [] }], [{ Records: [{ eventSource: 'aws:s3' }] }]])(
    'answers 400 to %j',
    async (event) => {
      const world = ingressWorld('whatsapp');
      const answer = await world.handler(event, {} as never);
      expect(answer).toMatchObject({ statusCode: 400, body: '"Invocation not recognized."' });
      expect(loaded.modules).toEqual([]);
    },
  );

  it('loads the worker with the first job, as the checks above would notice', async () => {
    const { handler } = ingressWorld('whatsapp');
    expect(await handler({ maws_job: {} }, {} as never)).toBe('worked');
    expect(loaded.modules).toEqual(['worker-handler']);
  });
});
