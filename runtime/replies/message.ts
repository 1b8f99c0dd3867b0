import type { FormFields } from '../channels/twilio/form.ts';
import { readInbound, type TwilioInbound } from '../channels/twilio/inbound.ts';
import { signedUrls } from '../channels/twilio/url.ts';
import type { HttpAnswer } from '../core/http-event.ts';
import { acceptMessage, type KnownMessage } from './accept.ts';
import { type Arrival, readAddress, readForm, sidFields, unreadable } from './arrival.ts';
import { authenticate } from './authenticate.ts';
import { RepliesError } from './errors.ts';
import { conversationFields } from './log-fields.ts';
import { answerUnknown } from './notices.ts';
import { twimlAnswer } from './outcomes.ts';
import { refusalOf } from './routes.ts';
import { settled } from './settle.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/** Answers a user's message: parse, authenticate, find the conversation, take it (contract replies §3.1). */
export async function answerMessage(arrival: Arrival, ports: WebhookPorts): Promise<HttpAnswer> {
  const fields = readForm(arrival.request);
  const bound = { ...ports, log: ports.log.with(sidFields(fields)) };
  return settled(() => answerForm(fields, arrival, bound), bound);
}

async function answerForm(fields: FormFields, arrival: Arrival, ports: WebhookPorts): Promise<HttpAnswer> {
  const { inbound, company, sender } = readMessage(fields);
  const { config, conversations, log } = ports;
  const claimed = {
    fields,
    signature: arrival.request.headers['x-twilio-signature'],
    urls: signedUrls(arrival.event, config.publicWebhookUrl),
    accountSid: inbound.accountSid,
    companyNumber: company,
  };
  const credentials = await authenticate(claimed, ports);
  const conversation = await conversations.find(company, sender);
  if (!conversation) {
    await answerUnknown(inbound, credentials, ports);
    throw new RepliesError('CONVERSATION_NOT_FOUND', 'No conversation has this pair of numbers', 'permanent');
  }
  const bound = { ...ports, log: log.with(conversationFields(conversation.conversationId, config)) };
  return settled(() => takeMessage({ inbound, conversation, credentials, ...arrival }, bound), bound);
}

function readMessage(fields: FormFields): { inbound: TwilioInbound; company: string; sender: string } {
  const result = readInbound(fields);
  if ('missing' in result) throw unreadable(`The form has no ${result.missing.join(', ')}`);
  const { inbound } = result;
  return { inbound, company: readAddress(inbound.to), sender: readAddress(inbound.from) };
}

async function takeMessage(message: KnownMessage, ports: WebhookPorts): Promise<HttpAnswer> {
  const refusal = refusalOf(message.conversation, 'whatsapp');
  if (refusal === 'PROJECT_INACTIVE')
    throw new RepliesError(refusal, "The conversation's project is not active", 'permanent');
  if (refusal) throw new RepliesError(refusal, 'The record does not allow this channel', 'permanent');
  await acceptMessage(message, ports);
  return twimlAnswer;
}
