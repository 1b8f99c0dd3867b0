import { connectionError } from '../../../local/stand-ins/fault.ts';
import { openAiError } from '../../../local/stand-ins/openai.ts';
import { asList, asRecord, type JsonRecord } from '../../../runtime/core/json.ts';
import { openAiCompatible } from '../../../runtime/models/openai-compatible.ts';
import { type Failed, imagesIn, type Outcome, type Provider, textsIn } from './provider.ts';

/** A server of the chat completions API that says how an answer ended, which the bot's stand-in does not. */
export function chatServer(): Provider & { readonly fetch: typeof fetch } {
  let outcomes: Outcome[] = [];
  const bodies: JsonRecord[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    bodies.push(asRecord(JSON.parse(await request.text())));
    const outcome = outcomes.shift() ?? { text: '{"content":"Hello"}' };
    return 'text' in outcome ? Response.json(completion(outcome)) : failing(outcome, init?.signal);
  };
  const options = { model: 'm', apiKey: 'key', baseUrl: 'https://model.test/v1', strictOutput: true };
  return {
    fetch,
    model: openAiCompatible({ ...options, fetch }),
    play: (...next) => {
      outcomes = [...outcomes, ...next];
    },
    get heard() {
      return bodies.map(read);
    },
    bodies,
  };
}

const FINISH_REASONS: Readonly<Record<string, string>> = {
  length: 'length',
  filtered: 'content_filter',
  tools: 'tool_calls',
};

function completion({ text, finish = 'stop', usage = { input: 10, output: 5 } }: Exclude<Outcome, Failed>) {
  const isRefused = finish === 'refusal';
  const message = { role: 'assistant', content: isRefused ? null : text, refusal: isRefused ? text : null };
  return {
    id: 'chatcmpl-1',
    choices: [{ message, finish_reason: FINISH_REASONS[finish] ?? 'stop' }],
    ...(usage && {
      usage: {
        prompt_tokens: usage.input,
        prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
        completion_tokens: usage.output,
        completion_tokens_details: { reasoning_tokens: 0 },
        total_tokens: usage.input + usage.output,
      },
    }),
  };
}

const REFUSALS: Readonly<Record<string, readonly [number, string?]>> = {
  'rate limit': [429],
  'no credit': [429, 'insufficient_quota'],
  'bad key': [401],
  forbidden: [403],
  'unknown model': [404],
  'bad request': [400],
  'too long': [400, 'context_length_exceeded'],
  broken: [500],
  overloaded: [503],
};

function failing({ failure }: Failed, signal: AbortSignal | null | undefined): Response | Promise<never> {
  if (failure === 'reset') throw connectionError('ECONNRESET');
  if (failure === 'page') return new Response('<html></html>');
  if (failure === 'hang')
    return new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
  const [status, code] = REFUSALS[failure] ?? [500];
  const { json } = openAiError(status, 'secret words', code);
  return Response.json(json, {
    status,
    ...(failure === 'rate limit' && { headers: { 'retry-after': '2' } }),
  });
}

function read({ messages, max_tokens: limit, response_format: format }: JsonRecord) {
  const all = textsIn(asList(messages));
  return {
    instructions: all.find(([role]) => role === 'system')?.[1],
    messages: all.filter(([role]) => role !== 'system'),
    images: imagesIn(asList(messages)),
    maxOutputTokens: limit as number | undefined,
    hasSchema: format !== undefined,
  };
}
