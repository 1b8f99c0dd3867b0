import { expect, it } from 'vitest';
import { createAnthropicStandIn } from '../../../local/stand-ins/anthropic.ts';
import { createBedrockStandIn } from '../../../local/stand-ins/bedrock.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createResponsesStandIn } from '../../../local/stand-ins/openai-responses.ts';
import { controlRoute, platformRoute } from '../../../local/stand-ins/routes.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import { createTwilioStandIn } from '../../../local/stand-ins/twilio.ts';

const two = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
const all = {
  ...two,
  twilio: createTwilioStandIn(),
  responses: createResponsesStandIn(),
  anthropic: createAnthropicStandIn(),
  bedrock: createBedrockStandIn(),
};

const ask = async (route: ReturnType<typeof platformRoute>, path: string, init?: RequestInit) => {
  const url = new URL(path, 'http://127.0.0.1:1');
  return (await route(new Request(url, init), url))?.status;
};

it.each([
  ['/v26.0/1/messages', 401],
  ['/bot1:x/getMe', 200],
  ['/2010-04-01/Accounts/AC1/Messages.json', 401],
  ['/openai/v1/responses', 401],
  ['/v1/conversations', 401],
  ['/v1/messages', 401],
  ['/model/vendor.model-v1%3A0/converse', 403],
])('%s finds its platform', async (path, status) => {
  expect(await ask(platformRoute(all), path, { method: 'POST' })).toBe(status);
});

it('leaves the rest, and the platforms that a stand has not, to other routes', async () => {
  expect(await ask(platformRoute(all), '/other')).toBeUndefined();
  expect(await ask(platformRoute(two), '/2010-04-01/Accounts/AC1/Messages.json')).toBeUndefined();
  expect(await ask(controlRoute(two), '/_stand-in/twilio/calls')).toBeUndefined();
  expect(await ask(controlRoute(all), '/_stand-in/constructor/calls')).toBeUndefined();
});

it('takes orders for each platform', async () => {
  expect(await ask(controlRoute(all), '/_stand-in/twilio/calls')).toBe(200);
  const fault = { method: 'POST', body: JSON.stringify({ kind: 'throttle', retryAfterSeconds: 1 }) };
  expect(await ask(controlRoute(all), '/_stand-in/bedrock/faults', fault)).toBe(200);
});
