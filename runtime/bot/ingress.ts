import { hashedEventId } from '../channels/event-id.ts';
import { carriesSecret } from '../channels/telegram/verify.ts';
import { readStatuses } from '../channels/whatsapp/statuses.ts';
import { acceptedChallenge, isSignedByMeta } from '../channels/whatsapp/verify.ts';
import { describeError } from '../core/errors.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer, textAnswer } from '../core/http-event.ts';
import { isRecord, isTooDeep, type JsonRecord } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { BotConfig } from './config.ts';
import type { DeliveryTable } from './delivery.ts';
import type { FailedEvents } from './failed-events.ts';
import type { HandOff } from './hand-off.ts';
import { type RulePorts, type SortedEvents, sortEvents } from './ingress-rules.ts';
import { storeLargeJobs } from './job-store.ts';
import { logFields } from './log-fields.ts';
import { noteStatuses } from './statuses.ts';

/** What the front hop works with. Its log is bound to the request's trace id. */
export interface IngressPorts extends RulePorts {
  /** Called when there is a job to hand over. */
  readonly openHandOff: () => Promise<HandOff>;
  /** Called when a status tells of a part of ours; resolves to nothing when there is no table. */
  readonly openDelivery: () => Promise<DeliveryTable | undefined>;
  readonly failedEvents: FailedEvents;
  /** Called when a job is too large to be passed on; resolves to nothing when there is no bucket. */
  readonly openObjects: () => Promise<ObjectStore | undefined>;
}

/** Answers a platform's request: handshake, or jobs handed over (contract bot §5, §6). Texts are fixed there. */
export async function answerWebhook(request: HttpRequest, ports: IngressPorts): Promise<HttpAnswer> {
  const { config } = ports;
  const takesGet = config.botType === 'whatsapp';
  if (request.method === 'POST') return answerPost(request, ports);
  if (request.method === 'GET' && takesGet) return answerHandshake(request, config);
  return jsonAnswer(405, 'Method not allowed.', { allow: takesGet ? 'GET, POST' : 'POST' });
}

function answerHandshake({ query }: HttpRequest, { whatsapp }: BotConfig): HttpAnswer {
  const challenge = acceptedChallenge(query, whatsapp.verifyToken);
  return challenge === undefined ? textAnswer(403, 'Forbidden') : textAnswer(200, challenge);
}

async function answerPost(request: HttpRequest, ports: IngressPorts): Promise<HttpAnswer> {
  const { config } = ports;
  const refusal = refuse(request, ports);
  if (refusal) return refusal;
  if (config.busyPolicy === 'fifo' && !config.queueUrl) {
    reportFault(ports.log, 'MAWS_QUEUE_URL is missing');
    return jsonAnswer(500, 'Queue is not configured.');
  }
  const body = await readBody(request, ports);
  if (!body) return jsonAnswer(200, 'Webhook received (warning).');
  if (
    config.botType === 'whatsapp' &&
    !(await noteStatuses(readStatuses(body, config.whatsapp.allowedPhoneNumberIds), ports))
  )
    return temporarilyUnavailable;
  const { turns, notices, method } = await sortEvents(body, ports);
  const isEmpty = turns.length === 0 && notices.length === 0;
  const acknowledgement = isEmpty ? 'Webhook received.' : await handOver({ turns, notices }, ports);
  if (!acknowledgement) return temporarilyUnavailable;
  return jsonAnswer(200, method ?? (turns.length > 0 ? acknowledgement : 'Webhook received.'));
}

/** The provider delivers again. */
export const temporarilyUnavailable = jsonAnswer(503, 'Temporarily unavailable.');

/** The answer to a request that cannot prove where it comes from. */
function refuse({ headers, rawBody }: HttpRequest, { config, log }: IngressPorts): HttpAnswer | undefined {
  const forbidden = jsonAnswer(403, 'Forbidden');
  if (config.botType === 'telegram') {
    const { secretToken } = config.telegram;
    const genuine = !secretToken || carriesSecret(headers['x-telegram-bot-api-secret-token'], secretToken);
    return genuine ? undefined : forbidden;
  }
  const { verifySignature, appSecret } = config.whatsapp;
  if (!verifySignature) return undefined;
  if (!appSecret) {
    reportFault(log, 'WHATSAPP_APP_SECRET is missing');
    return jsonAnswer(500, 'Webhook signature verification is misconfigured.');
  }
  return isSignedByMeta(rawBody, headers['x-hub-signature-256'], appSecret) ? undefined : forbidden;
}

const reportFault = (log: Log, fault: string) => log.critical('configuration_faulty', { faults: [fault] });

/** The JSON object of the body. Anything else is captured: delivering it again would not help. */
async function readBody({ rawBody }: HttpRequest, ports: IngressPorts): Promise<JsonRecord | undefined> {
  const text = rawBody.toString('utf8');
  try {
    const body: unknown = JSON.parse(text);
    if (isRecord(body) && !isTooDeep(body)) return body;
    throw new TypeError('The body is not a JSON object, or it is nested too deeply');
  } catch (error) {
    // The parser's message quotes the body, so it must not reach the log.
    ports.log.warn('webhook_body_unreadable', { bytes: rawBody.length });
    const event = { provider: ports.config.botType, eventId: hashedEventId(text), event: text };
    await ports.failedEvents.capture({ reason: 'bad_body', error, ...event }, ports.log);
    return undefined;
  }
}

/** The acknowledgement, or nothing when a job was refused: then none counts as handed over. */
async function handOver(
  { turns, notices }: Pick<SortedEvents, 'turns' | 'notices'>,
  { config, log, openHandOff, openObjects }: IngressPorts,
) {
  const jobs = [...turns, ...notices];
  try {
    const handOff = await openHandOff();
    await handOff.send([...(await storeLargeJobs(turns, openObjects)), ...notices]);
    for (const job of jobs) log.info('job_handed_off', logFields(job, config));
    return handOff.acknowledgement;
  } catch (error) {
    for (const job of jobs)
      log.error('hand_off_failed', { ...logFields(job, config), error: describeError(error) });
    return undefined;
  }
}
