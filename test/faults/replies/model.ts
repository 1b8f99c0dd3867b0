import type { Fields } from '../../support/tap.ts';
import type { RepliesContainer } from './container.ts';
import type { Message } from './schedule.ts';
import type { World } from './world.ts';

/** Two parts of this length do not fit into one. */
const PART_CHARACTERS = 800;

/** The model: it thinks, and its words tell which call and part they belong to. */
export async function modelAnswer(
  world: World,
  container: RepliesContainer,
  body: string,
  signal: AbortSignal | undefined,
) {
  const { messages } = JSON.parse(body) as { readonly messages: readonly Fields[] };
  const { message, run } = world.watch.asked(container, messages);
  await container.clock.sleep(message.modelMillis ?? 1000, signal);
  const word = world.schedule.scenario.sameWords ? 'the same' : `call ${run}`;
  return {
    status: 200,
    json: {
      id: `answer-${run}`,
      choices: [choiceOf(message, word)],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    },
  };
}

function choiceOf({ model = 'reply', parts = 1 }: Message, word: string) {
  if (model === 'refuse')
    return { finish_reason: 'stop', message: { role: 'assistant', content: null, refusal: 'No.' } };
  const content = JSON.stringify({
    content: replyOf(word, parts),
    hand_off_to_human: model === 'hand-off',
    hand_off_to_human_reason: model === 'hand-off' ? 'a wish' : null,
    task_complete: 0,
  });
  return { finish_reason: 'stop', message: { role: 'assistant', content } };
}

const replyOf = (word: string, parts: number): string =>
  parts === 1
    ? `${word}.`
    : Array.from({ length: parts }, (_, index) =>
        `${word}, part ${index + 1} `.padEnd(PART_CHARACTERS, 'x'),
      ).join('\n\n');
