import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type ChatMessage,
  createOpenAiStandIn,
  type OpenAiStandInOptions,
} from '../../../local/stand-ins/openai.ts';
import type { HandlerOptions } from '../../../runtime/bot/options.ts';
import { buildWorkerHandler } from '../../../runtime/bot/worker-handler.ts';
import { context, QUEUE, queued, textJob, workerWorld } from './worker-world.ts';

export const AGENT = { type: 'agent', name: 'librarian', system: 'Help readers.' };
export const MODELS = [{ provider: 'openai', model: 'gpt-5-mini' }];
export const SIMPLE = { general_parameters: { default_models: MODELS }, components: [AGENT] };
/** A package with these files; a text is written as it is, anything else as JSON. */
function packageWith(files: Readonly<Record<string, unknown>>): string {
  const root = mkdtempSync(join(tmpdir(), 'hookline-package-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

interface World extends Pick<OpenAiStandInOptions, 'reply'>, Pick<HandlerOptions, 'tools' | 'prices'> {
  readonly environment?: Readonly<Record<string, string>>;
}

/** A worker whose package holds these files, and the models that it asks. */
export function configuredWorld(
  files: Readonly<Record<string, unknown>>,
  { environment, reply, ...options }: World = {},
) {
  const world = workerWorld({ policy: 'fifo' });
  const openai = createOpenAiStandIn({ reply: reply ?? ((text) => `About ${text.split('\n').at(-1)}`) });
  const urls: string[] = [];
  const keys: (string | null)[] = [];
  const root = packageWith(files);
  const worker = buildWorkerHandler('whatsapp', {
    ...options,
    clients: {
      ...world,
      fetch: (input, init) => {
        const url = String(input instanceof Request ? input.url : input);
        if (!url.includes('/chat/completions')) return world.provider.fetch(input, init);
        urls.push(url);
        keys.push(new Request(input, init).headers.get('authorization'));
        return openai.fetch(input, init);
      },
    },
    environment: {
      BUCKET_NAME: 'bucket',
      LOCKS_TABLE_NAME: 'locks',
      MAWS_BUSY_POLICY: 'fifo',
      MAWS_QUEUE_URL: QUEUE,
      WHATSAPP_TOKEN: 'token',
      WHATSAPP_PHONE_NUMBER_ID: '1055',
      WEBHOOK_VERIFY_TOKEN: 'verify',
      MAWS_TMP_DIR: world.tmp,
      LAMBDA_TASK_ROOT: root,
      // Its pauses would move the fake clock while a model is waited for.
      TYPING_INDICATOR: 'false',
      OPENAI_API_KEY: 'sk-key',
      GROQ_API_KEY: 'gsk-key',
      ...environment,
    },
    writeLog: (line) => world.lines.push(JSON.parse(line)),
  });
  const say = (text: string, eventId = 'wamid.1', remainingMillis?: number) =>
    worker(queued(textJob(text, eventId)), context(remainingMillis));
  const sent = () => world.provider.sent.map(({ text }) => text);
  const logged = (message: string) => world.lines.filter((line) => line.message === message);
  const asked = (at: number) => openai.calls[at]?.body.messages as ChatMessage[];
  return { ...world, openai, urls, keys, say, sent, logged, asked };
}
