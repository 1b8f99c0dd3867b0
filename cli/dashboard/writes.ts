import { OWNER_UNTIL, ownerUntilMillis } from '../../runtime/bot/chat-state.ts';
import { problem } from './answers.ts';
import type { Act } from './api.ts';
import { integerOf, textOf, wordOf } from './inputs.ts';

/** Longest text that both platforms take in several messages without surprises. */
const MAX_ANSWER_LENGTH = 16_384;
/** A take-over that is forgotten must end by itself. */
const MAX_MINUTES = 7 * 24 * 60;

const said = async (sentence: Promise<string>) => Response.json({ done: await sentence });

/** What can be changed, by method and path. */
export const WRITES: ReadonlyMap<string, Act> = new Map<string, Act>([
  [
    'POST /api/takeover',
    ({ data, nowMillis }, input) => {
      const minutes = integerOf(input, 'minutes', { min: 1, max: MAX_MINUTES, fallback: 60 });
      return said(data.changes.takeOver(textOf(input, 'chat'), nowMillis() + minutes * 60_000));
    },
  ],
  ['POST /api/release', ({ data }, input) => said(data.changes.takeOver(textOf(input, 'chat'), undefined))],
  [
    'POST /api/answer',
    async ({ data, nowMillis }, input) => {
      const chatId = textOf(input, 'chat');
      const text = textOf(input, 'text', MAX_ANSWER_LENGTH);
      const key = textOf(input, 'key', 100);
      const owner = ownerUntilMillis((await data.history(chatId))?.state[OWNER_UNTIL]);
      // Else the bot would answer beside the person.
      if (owner === undefined || owner <= nowMillis()) return problem(409, 'Take the chat over first.');
      return said(data.changes.answer(chatId, text, key));
    },
  ],
  [
    'POST /api/failed/replay',
    ({ data }, input) => said(data.changes.giveBack(textOf(input, 'event'), input.force === true)),
  ],
  [
    'POST /api/failed/resolve',
    ({ data }, input) =>
      said(
        data.changes.settle(
          textOf(input, 'event'),
          wordOf(input, 'verdict', ['sent', 'resend']),
          input.force === true,
        ),
      ),
  ],
  [
    'POST /api/redrive',
    ({ data }, input) =>
      said(
        data.changes.redrive(
          input.event === undefined ? undefined : textOf(input, 'event'),
          input.force === true,
        ),
      ),
  ],
]);
