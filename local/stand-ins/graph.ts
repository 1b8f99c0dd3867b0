import { createHash } from 'node:crypto';
import type { Answer, Fault } from './fault.ts';
import { createStandIn, jsonObject, type Platform, type StandIn, type Verdict } from './stand-in.ts';
import { whatsappMessageId } from './whatsapp-id.ts';

export interface GraphStandInOptions {
  /** Other bearer tokens are refused; by default any is taken. */
  readonly token?: string;
  /** Other phone number ids are unknown; by default any is taken. */
  readonly phoneNumberId?: string;
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

/** HTTP status, type and words of the errors that bots meet most. */
const ERRORS: Readonly<Record<number, { status: number; type?: string; message: string; details?: string }>> =
  {
    2: { status: 503, message: 'An unexpected error has occurred. Please retry your request later.' },
    4: { status: 400, message: 'Application request limit reached' },
    100: { status: 400, message: 'Invalid parameter' },
    190: { status: 401, message: 'Error validating access token: Session has expired.' },
    80007: { status: 400, message: 'Rate limit issues' },
    130429: {
      status: 429,
      message: 'Rate limit hit',
      details: 'Cloud API message throughput has been reached.',
    },
    131000: {
      status: 500,
      message: 'Something went wrong',
      details: 'Message failed to send due to an unknown error.',
    },
    131026: { status: 400, message: 'Message undeliverable', details: 'Message Undeliverable.' },
    131047: {
      status: 400,
      message: 'Re-engagement message',
      details: 'More than 24 hours have passed since the customer last replied to this number.',
    },
    131056: {
      status: 400,
      message: '(Business Account, Consumer Account) pair rate limit hit',
      details: 'Too many messages sent from this phone number to the same phone number in a short time.',
    },
  };

/** An error answer of the Graph API. */
export function graphError(
  code: number,
  overrides: { status?: number; subcode?: number; message?: string } = {},
): Answer {
  const known = ERRORS[code] ?? { status: 400, message: 'Unknown error' };
  const message = overrides.message ?? known.message;
  const error = {
    message: code === 190 || overrides.message ? message : `(#${code}) ${message}`,
    type: 'OAuthException',
    code,
    ...(overrides.subcode !== undefined && { error_subcode: overrides.subcode }),
    ...(known.details && { error_data: { messaging_product: 'whatsapp', details: known.details } }),
    fbtrace_id: createHash('sha256').update(`${code}${message}`).digest('base64url').slice(0, 23),
  };
  return { status: overrides.status ?? known.status, json: { error } };
}

/** The WhatsApp side of the Graph API: `POST /v26.0/<phone number id>/messages`. */
export function createGraphStandIn(options: GraphStandInOptions = {}): StandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  const startedMillis = nowMillis();
  const platform: Platform = {
    judge: (request) => judge(request, options, startedMillis),
    refusal,
  };
  return createStandIn(platform, nowMillis);
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

async function judge(
  request: Request,
  options: GraphStandInOptions,
  startedMillis: number,
): Promise<Verdict> {
  const path = new URL(request.url).pathname.match(/^\/v\d+\.\d+\/([^/]+)\/messages$/);
  const phoneNumberId = path?.[1];
  if (!phoneNumberId || request.method !== 'POST')
    return invalid(graphError(100, { subcode: 33, message: UNKNOWN_OBJECT }));
  const bearer = request.headers.get('authorization')?.match(/^Bearer (\S+)$/)?.[1];
  if (!bearer || (options.token && bearer !== options.token))
    return invalid(graphError(190, { subcode: 463 }));
  if (options.phoneNumberId && phoneNumberId !== options.phoneNumberId)
    return invalid(graphError(100, { subcode: 33, message: UNKNOWN_OBJECT }));
  const body = await jsonObject(request);
  if (body?.messaging_product !== 'whatsapp')
    return invalid(graphError(100, { message: '(#100) The parameter messaging_product is required.' }));
  return body.status === 'read' ? judgeRead(body) : judgeMessage(body, startedMillis);
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

function judgeMessage(body: Record<string, unknown>, startedMillis: number): Verdict {
  const recipient = body.to ?? body.recipient;
  if (typeof recipient !== 'string' || recipient === '')
    return invalid(graphError(100, { message: '(#100) The parameter to is required.' }));
  const type = body.type ?? 'text';
  const text = type === 'text' ? (body.text as { body?: unknown } | undefined)?.body : undefined;
  if (type === 'text' && (typeof text !== 'string' || text === ''))
    return invalid(graphError(100, { message: "(#100) The parameter text['body'] is required." }));
  if (typeof text === 'string' && text.length > 4096)
    return invalid(
      graphError(100, { message: "(#100) Param text['body'] must be at most 4096 characters long." }),
    );
  return {
    status: 'valid',
    method: 'message',
    chatId: recipient,
    text: typeof text === 'string' ? text : undefined,
    body,
    isMessage: true,
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
