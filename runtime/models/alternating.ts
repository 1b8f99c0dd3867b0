import type { ModelImage, ModelMessage, ModelRequest } from './model.ts';
import { withoutTools } from './without-tools.ts';

/** Something said by one side, and its pictures. */
export interface Said {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly images: readonly ModelImage[];
}

/** Stands before an answer that nobody had asked for, such as a template that opened the conversation. */
const OPENING = '(The conversation begins.)';

/** The conversation as some providers insist on it: the user begins, the sides take turns, and nothing is blank. */
export function alternating(request: ModelRequest): readonly Said[] {
  const turns: Said[] = [];
  for (const message of withoutTools(request)) {
    const said = { role: message.role, text: message.text, images: imagesOf(message) };
    if (said.text.trim() === '' && said.images.length === 0) continue;
    const last = turns.at(-1);
    if (!last && said.role === 'assistant') turns.push({ role: 'user', text: OPENING, images: [] });
    if (last?.role === said.role) turns[turns.length - 1] = joined(last, said);
    else turns.push(said);
  }
  return turns;
}

const imagesOf = (message: ModelMessage) => (message.role === 'user' ? (message.images ?? []) : []);

const joined = (before: Said, said: Said): Said => ({
  role: said.role,
  text: [before.text, said.text].filter((text) => text.trim() !== '').join('\n\n'),
  images: [...before.images, ...said.images],
});
