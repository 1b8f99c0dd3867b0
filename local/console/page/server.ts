import type { ConsoleMessage, ConsoleState, HistoryView } from '../model.ts';
import { post } from './post.ts';

export const sendMessage = (channel: string, user: string, text: string) =>
  post('messages', { channel, user, text }) as Promise<{ id: string }>;

export const deliverAgain = (id: string, forged: boolean) => post(`messages/${id}/deliveries`, { forged });

/** Null repairs the provider. */
export const setFault = (channel: string, fault: string | null) => post('faults', { channel, fault });

export const redrive = (channel: string) => post('redrive', { channel }) as Promise<{ redriven: number }>;

export async function readHistory(channel: string, user: string): Promise<HistoryView | undefined> {
  const response = await fetch(`/api/history?${new URLSearchParams({ channel, user })}`);
  return response.ok ? ((await response.json()) ?? undefined) : undefined;
}

export interface Listener {
  onState(state: ConsoleState): void;
  onMessage(message: ConsoleMessage): void;
  /** A new connection tells everything anew. */
  onConnection(connected: boolean): void;
}

/** Listens to the server; the browser connects again by itself. */
export function listen(listener: Listener): void {
  const source = new EventSource('/api/events');
  source.addEventListener('open', () => listener.onConnection(true));
  source.addEventListener('error', () => listener.onConnection(false));
  source.addEventListener('state', (event) => listener.onState(JSON.parse(event.data)));
  source.addEventListener('message', (event) => listener.onMessage(JSON.parse(event.data)));
}
