import { isRecord } from '../core/json.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { CapturedEvent, CapturedEvents } from './captured-events.ts';
import type { BotConfig } from './config.ts';
import type { DeliveryKey } from './delivery.ts';
import { groupOf } from './hand-off-queue.ts';
import type { LedgerRow } from './history-file.ts';
import { readWebhookBody, toJob } from './incoming.ts';
import type { Job } from './job.ts';
import { storeLargeJobs } from './job-store.ts';
import { type RedriveClients, type RedriveTarget, redrive } from './redrive.ts';
import { hand } from './redrive-hand.ts';
import type { Settlement } from './settle.ts';

/** What giving failed work back needs. */
export interface FailedWork {
  readonly config: BotConfig;
  readonly captured: CapturedEvents;
  /** The bot's bucket: what is too large for a queue message is passed on by reference. */
  readonly objects: ObjectStore;
  readonly settlement: Settlement;
  readonly deadLetterUrl: string | undefined;
  readonly target: RedriveTarget;
  readonly clients: RedriveClients;
  /** W3C trace context for jobs that are cut anew from a webhook's body. */
  readonly traceparent: string;
  /** How far back captured events are looked for, milliseconds since 1970. */
  readonly sinceMillis: number;
  /** Also what is older than the dedupe time: its ledger row may be gone, and it may be answered twice. */
  readonly force: boolean;
  /** What was decided for an event. */
  ledgerRow(chatId: string, eventId: string): Promise<LedgerRow | undefined>;
}

/** Nothing was given back; the sentence says why and what to do. */
export class NotGivenBackError extends Error {
  override name = 'NotGivenBackError';
}

/** Gives the work of a captured event back to the bot, then takes the object away. Resolves to what was done. */
export async function replay(eventId: string, work: FailedWork): Promise<string> {
  const captured = await newestOf(eventId, work);
  const jobs = jobsOf(captured, work);
  if (captured.reason === 'send_failed') await reopen(captured, work);
  for (const job of jobs) await giveBack(job, work);
  await work.captured.remove(captured.key);
  return `Event ${eventId} (${captured.reason}) was given back to the bot.`;
}

/** Says of a held part that it arrived, or that it may be sent, and gives the event back. */
export async function resolve(
  eventId: string,
  verdict: 'sent' | 'resend',
  work: FailedWork,
): Promise<string> {
  const found = await work.captured.of(eventId, work.sinceMillis);
  const held = found.findLast(({ reason }) => reason === 'send_unclear');
  const { job, part } = held ?? {};
  if (!held || !job || part === undefined)
    throw new NotGivenBackError(`No part of event ${eventId} is held: nothing was captured as send_unclear.`);
  checkAge(job, work);
  const hasMore = held.unsent > 1;
  const isFree = verdict === 'resend' && (await work.settlement.resend(keyOf(job), part));
  if (!isFree) await work.settlement.sent(keyOf(job), part, hasMore);
  await giveBack(job, work);
  await work.captured.remove(held.key);
  if (verdict === 'resend' && !isFree)
    return `Part ${part} of event ${eventId} was accepted meanwhile and is not sent again; the event was given back.`;
  return verdict === 'sent'
    ? `Part ${part} of event ${eventId} counts as accepted; the event was given back for the rest.`
    : `Part ${part} of event ${eventId} is free to be sent; the event was given back.`;
}

async function newestOf(eventId: string, { captured, sinceMillis }: FailedWork): Promise<CapturedEvent> {
  const event = (await captured.of(eventId, sinceMillis)).at(-1);
  if (event) return event;
  throw new NotGivenBackError(
    `Nothing is captured of event ${eventId}. A longer --since looks further back.`,
  );
}

/** The jobs in a captured event. Throws for what cannot be given back. */
function jobsOf({ reason, event, job, part, key }: CapturedEvent, work: FailedWork): readonly Job[] {
  if (reason === 'bad_body')
    throw new NotGivenBackError(`A bad_body is no JSON: there is no message in it. It stands in ${key}.`);
  if (reason === 'status_failed')
    throw new NotGivenBackError(
      `A status_failed tells of a message that was accepted and could not be delivered; it cannot be replayed. It stands in ${key}.`,
    );
  if (reason === 'send_unclear')
    throw new NotGivenBackError(
      'A held part must be settled: hookline bot failed resolve, with --sent or --resend.',
    );
  if (reason === 'send_failed' && part === undefined)
    throw new NotGivenBackError(
      `The event in ${key} was decided without a reply; only a template reaches its user.`,
    );
  const jobs = job ? [job] : fromBody(event, work);
  if (jobs.length === 0) throw new NotGivenBackError(`There is no job and no webhook in ${key}.`);
  for (const one of jobs) checkAge(one, work);
  return jobs;
}

/** The earlier library captured the webhook's body, or one update in an envelope. */
function fromBody(event: unknown, { config, clients, traceparent }: FailedWork): Job[] {
  if (!isRecord(event)) return [];
  const inner = [event.update, event.whatsapp_update, event].find(isRecord) ?? event;
  const { events } = readWebhookBody(config, inner, clients.clock.nowMillis());
  return events.map((one) => toJob(config, one, traceparent));
}

function checkAge(job: Job, { config, clients, force }: FailedWork): void {
  const ageSeconds = (clients.clock.nowMillis() - Date.parse(job.sent_at)) / 1000;
  if (force || ageSeconds < config.dedupeTtlSeconds) return;
  throw new NotGivenBackError(
    `Event ${job.event_id} is older than the dedupe time: it may be answered a second time. --force gives it back all the same.`,
  );
}

/** What the platform refused is done; it is taken up again where it stopped. */
async function reopen({ job, part, key }: CapturedEvent, work: FailedWork): Promise<void> {
  if (!job || part === undefined) return;
  const row = await work.ledgerRow(job.chat_id, job.event_id);
  if (!row || row.parts.length === 0)
    throw new NotGivenBackError(
      `The reply of event ${job.event_id} is not stored any more. What was not sent stands in ${key}.`,
    );
  await work.settlement.reopen(keyOf(job), part);
}

const keyOf = ({ provider, event_id: eventId, chat_id: chatId }: Job): DeliveryKey => ({
  provider,
  eventId,
  chatId,
});

/** Its dead letter goes back to work; without one the job does. */
async function giveBack(captured: Job, work: FailedWork): Promise<void> {
  // First: a dead letter may be a reference to an object that has expired meanwhile.
  const [job = captured] = await storeLargeJobs([captured], async () => work.objects);
  if (await redriveLetter(job, work)) return;
  const letter = {
    Body: JSON.stringify({ maws_job: job }),
    ...('queueUrl' in work.target && { Attributes: { MessageGroupId: groupOf(job.chat_id) } }),
  };
  const refusal = await hand(letter, job, work.target, work.clients);
  if (refusal !== undefined) throw new NotGivenBackError(`Event ${job.event_id} was not taken: ${refusal}.`);
}

async function redriveLetter(job: Job, { deadLetterUrl, target, clients, config, force }: FailedWork) {
  if (!deadLetterUrl) return false;
  const items = await redrive(
    {
      deadLetterUrl,
      target,
      filter: ({ provider, event_id: eventId }) => provider === job.provider && eventId === job.event_id,
      dedupeTtlSeconds: config.dedupeTtlSeconds,
      force,
    },
    clients,
  );
  const failed = items.find(({ outcome }) => outcome === 'failed');
  if (failed) throw new NotGivenBackError(`Event ${job.event_id} stays a dead letter: ${failed.error}.`);
  return items.some(({ outcome }) => outcome === 'redriven');
}
