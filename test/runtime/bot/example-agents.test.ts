import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path, { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, type Route, startServer } from '../../../local/server.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createOpenAiStandIn } from '../../../local/stand-ins/openai.ts';
import { buildAgentBundle } from '../../../runtime/build.ts';
import { asynchronous, textJob } from './worker-world.ts';

/** An S3 that has no object and takes all. */
const emptyS3: Route = async (request) =>
  request.method === 'GET'
    ? new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 })
    : new Response(null, { status: 200, headers: { etag: '"1"' } });

const graph = createGraphStandIn();
const openai = createOpenAiStandIn({
  apiKey: 'sk-key',
  reply: (text, { messages, tools }) => {
    if (messages.at(-1)?.role === 'tool') return `It stands here: ${text}`;
    return tools ? [{ name: 'find_book', input: { title: 'Emma' } }] : `About ${text}: yes.`;
  },
});
const folder = mkdtempSync(join(tmpdir(), 'hookline-examples-'));
let server: LocalServer;

beforeAll(async () => {
  const route: Route = async (request, url) => {
    if (url.pathname.startsWith('/v1/')) return openai.fetch(request);
    return /^\/v\d+\./.test(url.pathname) ? graph.fetch(request) : emptyS3(request, url);
  };
  server = await startServer([route], 0, '127.0.0.1');
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Builds the example's zip, and runs what is in it in a process of its own, as Lambda does. */
async function answerOf(example: string, text: string): Promise<string | undefined> {
  const { directory } = await buildAgentBundle(
    `examples/agents/${example}`,
    folder,
    path.parse(example).name,
  );
  const context = "{ awsRequestId: 'r', invokedFunctionArn: 'a', getRemainingTimeInMillis: () => 30_000 }";
  const script = `import { handler } from ${JSON.stringify(pathToFileURL(join(directory, 'index.mjs')).href)};
await handler(${JSON.stringify(asynchronous({ ...textJob(text), sent_at: new Date().toISOString() }))}, ${context});`;
  const here = `http://127.0.0.1:${server.port}`;
  const env = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: here,
    LAMBDA_TASK_ROOT: directory,
    BOT_TYPE: 'whatsapp',
    BUCKET_NAME: 'bucket',
    MAWS_TMP_DIR: folder,
    WHATSAPP_TOKEN: 'token',
    WHATSAPP_PHONE_NUMBER_ID: '1055',
    WEBHOOK_VERIFY_TOKEN: 'verify',
    GRAPH_API_URL: here,
    OPENAI_API_KEY: 'sk-key',
    OPENAI_MODEL: 'small',
    OPENAI_BASE_URL: `${here}/v1`,
  };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
  return graph.sent.at(-1)?.text;
}

describe('the examples, built and run', () => {
  it('echo', async () => {
    expect(await answerOf('echo.ts', 'hello')).toBe('You said: hello');
  });

  it('llm, with the model, address and key of the settings', async () => {
    expect(await answerOf('llm.ts', 'rain')).toBe('About rain: yes.');
    expect(openai.calls[0]?.body.messages).toEqual([
      { role: 'system', content: expect.stringContaining('helpful assistant') },
      { role: 'user', content: 'rain' },
    ]);
  });

  it('configured, with its configuration and its functions in the zip', async () => {
    openai.reset();
    expect(await answerOf('configured/config.json', 'Do you have Emma?')).toBe(
      'It stands here: {"shelf":"A3"}',
    );
    const [first] = openai.calls;
    expect(first?.body.model).toBe('gpt-5-mini');
    expect(first?.body.messages).toEqual([
      { role: 'system', content: expect.stringContaining('You work for the library of Vigo.') },
      { role: 'user', content: '{"source":"user"}\nDo you have Emma?' },
    ]);
  });
});
