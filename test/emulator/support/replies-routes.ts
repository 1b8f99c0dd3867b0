import { setTimeout as delay } from 'node:timers/promises';
import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import type { Route } from '../../../local/server.ts';
import type { ModelStandIn } from '../../../local/stand-ins/model-server.ts';
import { createResponsesStandIn } from '../../../local/stand-ins/openai-responses.ts';
import { createTwilioStandIn, type TwilioStandIn } from '../../../local/stand-ins/twilio.ts';
import { asText } from '../../../runtime/core/json.ts';

/** Where webhooks go on the tests' own server, which hands them to the API as a proxy before it would. */
export const EDGE = '/edge';

/** Says it to be said: the tests' model repeats what it is not told about. */
export const HI = 'Hi';

/** A model that needs `seconds`, if this stands in what it is asked. */
export const slowly = (seconds: number): string => `[slow ${seconds}]`;

/** A model that hands the user over. */
export const PERSON_PLEASE = 'a person, please';

const { accountSid, authToken } = TWILIO_TEST;

export const repliesStandIns = () => ({
  twilio: createTwilioStandIn({ accountSid, authToken }),
  responses: slowed(createResponsesStandIn({ apiKey: 'sk-test', reply: modelReply })),
});

/** To "Hi" the answer of contract replies §13, with its usage of 10/5/15. */
function modelReply(text: string): string {
  if (text === HI) return JSON.stringify({ content: 'Hello' });
  const isHandedOver = text.includes(PERSON_PLEASE);
  return JSON.stringify({
    // What is too long to be sent would go to a person.
    content: `You said: ${text.slice(0, 1000)}`,
    hand_off_to_human: isHandedOver,
    hand_off_to_human_reason: isHandedOver ? 'asked for' : null,
    task_complete: 0,
  });
}

function slowed(model: ModelStandIn): ModelStandIn {
  const answer = model.fetch;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const seconds = Number(/\[slow (\d+)\]/.exec(await request.clone().text())?.[1] ?? 0);
    if (seconds > 0) await delay(seconds * 1000);
    return answer(request);
  };
  return Object.defineProperty(model, 'fetch', { value: fetch });
}

/** `POST /_test/twilio/report?sid=…&status=…[&code=…]`: the signed callback, for the test to deliver. */
export const reportRoute =
  (twilio: TwilioStandIn): Route =>
  async (_request, url) => {
    if (url.pathname !== '/_test/twilio/report') return undefined;
    const field = (name: string) => asText(url.searchParams.get(name)) ?? '';
    const code = url.searchParams.get('code');
    return Response.json(
      twilio.report(field('sid'), field('status'), code === null ? undefined : Number(code)),
    );
  };

/** The proxy before the API: `apiUrl` is known once the API is. */
export const edgeRoute =
  (edge: { apiUrl: string }): Route =>
  async (request, url) => {
    if (!url.pathname.startsWith(`${EDGE}/`)) return undefined;
    const { method } = request;
    const headers = new Headers(request.headers);
    for (const name of ['host', 'connection', 'content-length']) headers.delete(name);
    const body = method === 'GET' ? null : await request.text();
    const answer = await fetch(`${edge.apiUrl}${url.pathname.slice(EDGE.length)}${url.search}`, {
      method,
      headers,
      body,
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type');
    const hasBody = answer.status !== 204;
    return new Response(hasBody ? text : null, {
      status: answer.status,
      headers: type === null ? {} : { 'content-type': type },
    });
  };
