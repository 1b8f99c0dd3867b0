import { type HttpAnswer, jsonAnswer } from '../core/http-event.ts';
import { type Arrival, unreadable } from './arrival.ts';
import { RepliesError } from './errors.ts';
import { answerMessage } from './message.ts';
import { type SettlePorts, settled } from './settle.ts';
import { answerStatus } from './status-callback.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/** Answers one request by its path; a stage or a base path may stand before it (contract replies §9). */
export async function answerWebhook(arrival: Arrival, ports: WebhookPorts): Promise<HttpAnswer> {
  const { method, path } = arrival.request;
  const place = method === 'POST' ? path.replace(/(?<!\/)\/+$/, '') : '';
  if (place.endsWith('/whatsapp/status')) return settled(() => answerStatus(arrival, ports), ports);
  if (place.endsWith('/whatsapp')) return settled(() => answerMessage(arrival, ports), ports);
  return answerElsewhere(ports);
}

/** Answers an event that is no HTTP request. */
export const answerNoRequest = (ports: SettlePorts): Promise<HttpAnswer> =>
  settled(async () => {
    throw unreadable('The event is no HTTP request');
  }, ports);

/** Who calls here is not Twilio, and may read what is wrong. */
async function answerElsewhere(ports: WebhookPorts): Promise<HttpAnswer> {
  const error_code = 'UNKNOWN_CHANNEL';
  const message = 'There is no such path: POST to /whatsapp or /whatsapp/status';
  const { statusCode } = await settled(() => {
    throw new RepliesError(error_code, message, 'permanent');
  }, ports);
  return jsonAnswer(statusCode, { status: 'error', error_code, message });
}
