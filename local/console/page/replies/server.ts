import type { RepliesView } from '../../replies/model.ts';
import { post } from '../post.ts';

export const sendMessage = (person: string, text: string) => post('messages', { person, text });

/** Resolves to the id of the person with this number. */
export const beginConversation = (number: string) => post('people', { number }) as Promise<{ id: string }>;

export const answerHandOff = (handOff: string, text: string) => post('answers', { handOff, text });

export const setFault = (fault: string) => post('faults', { fault });

export const repair = (provider: string) => post('repairs', { provider });

export const redrive = () => post('redrive', {});

export const setOrder = (order: string) => post('order', { order });

/** Everything to be shown of a person's conversation. */
export async function readView(person: string, reveal: boolean): Promise<RepliesView> {
  const query = new URLSearchParams({ person, ...(reveal && { reveal: '1' }) });
  const response = await fetch(`api/view?${query}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
