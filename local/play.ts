import { setTimeout as delay } from 'node:timers/promises';
import { functionLogs } from './logs.ts';
import { Problem } from './problem.ts';
import type { Webhook } from './recordings/webhooks.ts';
import type { StandIn, StandInCall } from './stand-ins/stand-in.ts';

/** Ends the wait for the end of a turn whose log line is missing. */
const SETTLE_MILLIS = 5000;

/**
 * Waits until the worker has finished the turn: the reply arrives a moment before. A bot that is stopped in
 * between is killed with the chat's lock in its hands, and the chat's next message would be ignored.
 */
export async function turnFinished(
  endpoint: string,
  workerName: string,
  sinceMillis: number,
  event = 'worker_job_finished',
): Promise<void> {
  const end = Date.now() + SETTLE_MILLIS;
  while (Date.now() < end) {
    const lines = await functionLogs(endpoint, workerName, sinceMillis);
    if (lines.some((line) => line.includes(event))) return;
    await delay(50);
  }
}

/** What became of a webhook. */
export interface Played {
  readonly status: number;
  readonly answer: string;
  readonly reply: StandInCall;
  /** From the webhook's sending to the reply's arrival. */
  readonly tookMillis: number;
}

export interface PlayOptions {
  readonly url: string;
  readonly standIn: StandIn;
  readonly signal?: AbortSignal;
  /** How long the reply may take. Default 30. */
  readonly timeoutSeconds?: number;
}

/** Sends a webhook as the platform would and waits for the reply to its chat. */
export async function play(webhook: Webhook, options: PlayOptions): Promise<Played> {
  const { url, standIn, signal, timeoutSeconds = 30 } = options;
  const started = Date.now();
  const before = standIn.sent.at(-1)?.sequence ?? 0;
  const { headers, body } = webhook;
  const response = await fetch(url, { method: 'POST', headers, body, ...(signal && { signal }) });
  const answer = await response.text();
  if (response.status !== 200)
    throw new Problem(`The webhook was answered ${response.status}: ${answer.slice(0, 500)}`);
  while (Date.now() < started + timeoutSeconds * 1000) {
    const reply = standIn.sent.find((call) => call.chatId === webhook.chatId && call.sequence > before);
    if (reply) return { status: response.status, answer, reply, tookMillis: reply.atMillis - started };
    await delay(20, undefined, signal && { signal });
  }
  throw new Problem(`The webhook was accepted, but no reply came within ${timeoutSeconds} s.`);
}
