import { jsonLog } from '../../../runtime/core/log.ts';
import type { Metrics } from '../../../runtime/core/metrics.ts';
import type { OpenModel } from '../../../runtime/models/open-model.ts';
import { readPrompts } from '../../../runtime/models/prompts-file.ts';
import { type AskPorts, askModel, type Question } from '../../../runtime/replies/ask.ts';
import { readEntry } from '../../../runtime/replies/entry.ts';
import { RepliesError } from '../../../runtime/replies/errors.ts';
import type { RepliesMetric } from '../../../runtime/replies/metric-names.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { LogCapture } from '../../support/log-capture.ts';
import type { Provider } from '../models/provider.ts';

export const PROMPT = {
  version: 1,
  model: 'm',
  instructions: 'You help {{recipient_first_name}}.',
  aliases: ['asst_replies'],
};

/** Everything that `askModel` reaches, with one provider behind it. */
export function askWorld(provider: Provider, prompt: object = {}) {
  const clock = new FakeClock();
  const log = new LogCapture();
  const counted = new Map<string, number>();
  const keys = { asked: [] as string[], values: ['sk-1'], forgotten: 0 };
  const opened: string[] = [];
  const openModel: OpenModel = async (_prompt, apiKey) => {
    opened.push(apiKey);
    return provider.model;
  };
  const metrics: Metrics<RepliesMetric> = {
    count: (name, value = 1) => void counted.set(name, (counted.get(name) ?? 0) + value),
    value: () => {},
  };
  const ports: AskPorts = {
    prompts: readPrompts(JSON.stringify({ replies: { ...PROMPT, ...prompt } })),
    openModel,
    secrets: {
      model: async (reference) => {
        keys.asked.push(reference);
        const apiKey = keys.values[Math.min(keys.forgotten, keys.values.length - 1)];
        if (!apiKey)
          throw new RepliesError('SECRET_FETCH_FAILED', 'The model secret has no ai_api_key', 'hold');
        return { apiKey, values: { ai_api_key: apiKey, anthropic_api_key: 'sk-ant' } };
      },
      forget: () => {
        keys.forgotten += 1;
      },
    },
    format: 'auto',
    clock,
    endMillis: clock.nowMillis() + 500_000,
    timeoutMillis: 120_000,
    log: jsonLog(log.write, () => clock.nowMillis()),
    metrics,
  };
  const question: Question = {
    conversation: {
      promptReference: 'asst_replies',
      modelKeyReference: 'openai-api-key-replies-engine',
      entries: [
        { role: 'assistant', content: 'We have news.' },
        { role: 'user', content: 'the old secret' },
        { role: 'assistant', content: 'Fine.' },
      ].map(readEntry),
      data: { recipient_first_name: 'Ana' },
    },
    text: 'the new secret',
    turnId: '3cf7db205295a719b5d25c9c22a4942c',
    userRef: '0123456789abcdef',
  };
  const ask = (
    more: { question?: Partial<Question>; conversation?: object; ports?: Partial<AskPorts> } = {},
  ) =>
    askModel(
      { ...question, ...more.question, conversation: { ...question.conversation, ...more.conversation } },
      { ...ports, ...more.ports },
    );
  /** The error of a turn that could not be answered. */
  const failure = async (more: Parameters<typeof ask>[0] = {}): Promise<RepliesError> => {
    const error: unknown = await ask(more).then(
      (answered) => {
        throw new Error(`It answered: ${answered.reply}`);
      },
      (thrown: unknown) => thrown,
    );
    if (error instanceof RepliesError) return error;
    throw error;
  };
  return { provider, clock, log, counted, keys, opened, ports, question, ask, failure };
}
