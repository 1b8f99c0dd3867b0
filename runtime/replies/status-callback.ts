import type { FormFields } from '../channels/twilio/form.ts';
import { readPartMark, readStatusCallback } from '../channels/twilio/status.ts';
import { signedUrls } from '../channels/twilio/url.ts';
import type { HttpAnswer } from '../core/http-event.ts';
import { type Arrival, readAddress, readForm, sidFields, unreadable } from './arrival.ts';
import { authenticate } from './authenticate.ts';
import type { WebhookConfig } from './config.ts';
import { deliveryTarget } from './delivery-target.ts';
import { noteStatus, type StatusReport } from './note-status.ts';
import { noContent } from './outcomes.ts';
import type { Conversation } from './record.ts';
import { settled } from './settle.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/** Notes what Twilio says became of a message of ours (contract replies §12.7). */
export async function answerStatus(arrival: Arrival, ports: WebhookPorts): Promise<HttpAnswer> {
  const fields = readForm(arrival.request);
  const bound = { ...ports, log: ports.log.with(sidFields(fields)) };
  return settled(() => answerCallback(fields, arrival, bound), bound);
}

async function answerCallback(
  fields: FormFields,
  arrival: Arrival,
  ports: WebhookPorts,
): Promise<HttpAnswer> {
  const callback = readStatusCallback(fields);
  if (!callback) throw unreadable('The form lacks a field of a status callback');
  const [company, user] = [readAddress(callback.from), readAddress(callback.to)];
  const claimed = {
    fields,
    signature: arrival.request.headers['x-twilio-signature'],
    urls: signedUrls(arrival.event, statusUrl(ports.config)),
    accountSid: callback.accountSid,
    companyNumber: company,
  };
  await authenticate(claimed, ports);
  const { receivedMillis, request } = arrival;
  const report = { callback, mark: readPartMark(request.query), receivedMillis };
  const found = await ports.conversations.findAll(company, user);
  const conversation = await ownerOf(report, found, ports);
  if (conversation) await noteStatus(report, conversation, ports);
  else ports.log.warn('delivery_status_unmatched', { status: callback.status });
  return noContent;
}

/** More conversations of one pair than these are not read again. */
const MAX_READ_AGAIN = 5;

/** The conversation that the message is of; the index may show all of them as they were before it. */
async function ownerOf(
  { callback, mark }: StatusReport,
  found: readonly Conversation[],
  { conversations }: WebhookPorts,
): Promise<Conversation | undefined> {
  const isOwner = (one: Conversation) => deliveryTarget(one, callback, mark) !== undefined;
  const shown = found.find(isOwner);
  if (shown || found.length < 2) return shown ?? found[0];
  for (const { key } of found.slice(0, MAX_READ_AGAIN)) {
    const fresh = await conversations.get(key);
    if (fresh && isOwner(fresh)) return fresh;
  }
  return found[0];
}

const statusUrl = ({ statusCallbackUrl, publicWebhookUrl }: WebhookConfig): string | undefined =>
  statusCallbackUrl ?? publicWebhookUrl?.replace(/\/*([?#].*)?$/s, '/status');
