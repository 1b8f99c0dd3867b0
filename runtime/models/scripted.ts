import { type Model, type ModelAnswer, ModelError, type ModelRequest } from './model.ts';

/** An answer, or a part of one; the rest is as of a model that says "Hello". */
export type ScriptedAnswer = string | Partial<ModelAnswer> | ModelError;

/** What a scripted model does with a request. */
export type Script = (request: ModelRequest, call: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** Contract replies §13. */
const HELLO: ModelAnswer = {
  text: '{"content":"Hello"}',
  toolCalls: [],
  finishReason: 'stop',
  usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
};

/** A model without a provider, for tests and for trying a deployment out: it does what the script says. */
export function scripted(script: Script = () => ({})): Model {
  let calls = 0;
  return {
    capabilities: { structuredOutput: true, images: true },
    async answer(request) {
      calls += 1;
      const answer = await script(request, calls);
      if (answer instanceof ModelError) throw answer;
      const given = typeof answer === 'string' ? { text: answer } : answer;
      return { ...HELLO, providerId: `scripted-${calls}`, ...given };
    },
  };
}

/** Says what the user said, in the shape of a reply. */
export const echo: Script = ({ messages }) =>
  JSON.stringify({
    content: `You said: ${messages.at(-1)?.text ?? ''}`,
    hand_off_to_human: false,
    hand_off_to_human_reason: null,
    task_complete: 0,
  });
