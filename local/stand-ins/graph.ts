import { createHash } from 'node:crypto';
import type { Answer, Fault } from './fault.ts';
import { graphError } from './graph-errors.ts';
import { judgeDownload, judgeMetadata, judgeUpload } from './graph-media.ts';
import { faultOfMessage, textOf } from './graph-messages.ts';
import { MediaShelf } from './media-shelf.ts';
import { createStandIn, jsonObject, type MediaStandIn, type Platform, type Verdict } from './stand-in.ts';
import { whatsappMessageId } from './whatsapp-id.ts';

export interface GraphStandInOptions {
  /** Other bearer tokens are refused; by default any is taken. */
  readonly token?: string;
  /** Other phone number ids are unknown; by default any is taken. */
  readonly phoneNumberId?: string;
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

/** The WhatsApp side of the Graph API: messages, read marks and media of a phone number. */
export function createGraphStandIn(options: GraphStandInOptions = {}): MediaStandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  const startedMillis = nowMillis();
  const shelf = new MediaShelf((number) => String(900_000_000_000_000 + number));
  const platform: Platform = {
    judge: (request) => judge(request, options, { startedMillis, shelf }),
    refusal,
  };
  return Object.assign(createStandIn(platform, nowMillis), {
    hold: shelf.add.bind(shelf),
    held: shelf.get.bind(shelf),
  });
}

interface Account {
  readonly startedMillis: number;
  readonly shelf: MediaShelf;
}

function refusal(fault: Extract<Fault, { kind: 'refuse' | 'throttle' | 'broken' }>): Answer {
  if (fault.kind === 'throttle') {
    return { ...graphError(130429), headers: { 'retry-after': String(fault.retryAfterSeconds) } };
  }
  if (fault.kind === 'broken') {
    const status = fault.status ?? 500;
    return fault.platformObject ? graphError(131000, { status }) : { status, json: {} };
  }
  if (fault.body) return { status: fault.status ?? 400, json: fault.body };
  return graphError(fault.code ?? 100, fault.status === undefined ? {} : { status: fault.status });
}

const invalid = (answer: Answer): Verdict => ({ status: 'invalid', answer });

async function judge(request: Request, options: GraphStandInOptions, account: Account): Promise<Verdict> {
  const { pathname } = new URL(request.url);
  const bearer = request.headers.get('authorization')?.match(/^Bearer (\S+)$/)?.[1];
  if (!bearer || (options.token && bearer !== options.token))
    return invalid(graphError(190, { subcode: 463 }));
  if (pathname.startsWith('/whatsapp_business/attachments/')) return judgeDownload(request, account.shelf);
  const [, id, edge] = pathname.match(/^\/v\d+\.\d+\/([^/]+)(?:\/(messages|media))?$/) ?? [];
  if (id && !edge && request.method === 'GET') return judgeMetadata(request, id, account.shelf);
  const isKnown = !options.phoneNumberId || id === options.phoneNumberId;
  if (!id || !edge || request.method !== 'POST' || !isKnown)
    return invalid(graphError(100, { subcode: 33, message: UNKNOWN_OBJECT }));
  if (edge === 'media') return judgeUpload(request, account.shelf);
  const body = await jsonObject(request);
  if (body?.messaging_product !== 'whatsapp')
    return invalid(graphError(100, { message: '(#100) The parameter messaging_product is required.' }));
  return body.status === 'read' ? judgeRead(body) : judgeMessage(body, account);
}

const UNKNOWN_OBJECT =
  'Unsupported post request. Object does not exist or cannot be loaded due to missing permissions.';

/** The read mark, with or without a typing sign. */
function judgeRead(body: Record<string, unknown>): Verdict {
  if (typeof body.message_id !== 'string')
    return invalid(graphError(100, { message: '(#100) The parameter message_id is required.' }));
  return {
    status: 'valid',
    method: body.typing_indicator ? 'typing' : 'read',
    chatId: '',
    text: undefined,
    body,
    isMessage: false,
    accept: () => ({ answer: { status: 200, json: { success: true } }, messageId: undefined }),
  };
}

function judgeMessage(body: Record<string, unknown>, { startedMillis, shelf }: Account): Verdict {
  const recipient = body.to ?? body.recipient;
  if (typeof recipient !== 'string' || recipient === '')
    return invalid(graphError(100, { message: '(#100) The parameter to is required.' }));
  const fault = faultOfMessage(body, shelf);
  if (fault) return invalid(graphError(100, { message: `(#100) ${fault}` }));
  return {
    status: 'valid',
    method: body.type === 'reaction' ? 'reaction' : 'message',
    chatId: recipient,
    text: textOf(body),
    body,
    isMessage: body.type !== 'reaction',
    accept: (sequence) => acceptMessage(body, recipient, `${startedMillis}:${sequence}`),
  };
}

function acceptMessage(body: Record<string, unknown>, recipient: string, seed: string) {
  const tail = createHash('sha256').update(seed).digest('hex').slice(0, 18).toUpperCase();
  const messageId = whatsappMessageId(recipient.replace(/^\+/, ''), tail, 'out');
  const contact =
    body.to === undefined ? { input: recipient, user_id: recipient } : { input: recipient, wa_id: recipient };
  const json = { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id: messageId }] };
  return { answer: { status: 200, json }, messageId };
}
