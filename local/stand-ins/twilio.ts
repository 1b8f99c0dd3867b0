import type { TwilioWebhook } from '../recordings/twilio.ts';
import type { Answer, Fault } from './fault.ts';
import type { HeldMedia } from './media-shelf.ts';
import { createStandIn, type Platform, type StandIn, type Verdict } from './stand-in.ts';
import { type NewMessage, TwilioStandInAccount, type TwilioStandInOptions } from './twilio-account.ts';
import { twilioError } from './twilio-errors.ts';
import { listPage, messageResource, type TwilioMessage } from './twilio-messages.ts';
import { codeOfFault, isAuthorized } from './twilio-rules.ts';

export type { TwilioStandInOptions } from './twilio-account.ts';

/** Twilio's Messages API for WhatsApp. A call's method is `create`, `list`, `fetch`, `media` or `download`, its chat the user's address. */
export interface TwilioStandIn extends StandIn {
  /** Every message it accepted, oldest first. */
  readonly messages: readonly TwilioMessage[];
  /**
   * Sets a message's status and returns the signed callback, for the caller to deliver when and as often as it likes.
   * Undefined when the message asked for none.
   */
  report(sid: string, status: string, errorCode?: number): TwilioWebhook | undefined;
  /** Keeps what a user sends; returns the path by which a webhook names it, below the address of the API. */
  hold(media: HeldMedia): string;
  /** Puts a message into the list that nobody asked this stand-in to send. */
  add(message: NewMessage): TwilioMessage;
}

export function createTwilioStandIn(options: TwilioStandInOptions = {}): TwilioStandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  const account = new TwilioStandInAccount(options, nowMillis);
  const platform: Platform = { judge: (request) => judge(request, options, account), refusal };
  const standIn = createStandIn(platform, nowMillis);
  const { reset } = standIn;
  return Object.defineProperties(standIn as TwilioStandIn, {
    messages: { get: () => account.messages },
    report: { value: account.report.bind(account) },
    add: { value: account.add.bind(account) },
    hold: { value: account.hold.bind(account) },
    reset: {
      value: () => {
        reset();
        account.messages = [];
      },
    },
  });
}

function refusal(fault: Extract<Fault, { kind: 'refuse' | 'throttle' | 'broken' }>): Answer {
  if (fault.kind === 'throttle') {
    return { ...twilioError(20429), headers: { 'retry-after': String(fault.retryAfterSeconds) } };
  }
  if (fault.kind === 'broken') {
    const status = fault.status ?? 500;
    return fault.platformObject
      ? twilioError(status === 503 ? 20503 : 20500, { status })
      : { status, json: {} };
  }
  if (fault.body) return { status: fault.status ?? 400, json: fault.body };
  return twilioError(fault.code ?? 21602, fault.status === undefined ? {} : { status: fault.status });
}

const invalid = (answer: Answer): Verdict => ({ status: 'invalid', answer });

async function judge(
  request: Request,
  options: TwilioStandInOptions,
  account: TwilioStandInAccount,
): Promise<Verdict> {
  const url = new URL(request.url);
  const stored = account.media.judgeStorage(request);
  if (stored) return stored;
  const accountSid = url.pathname.match(/^\/2010-04-01\/Accounts\/(\w+)\//)?.[1];
  if (!isAuthorized(request, options, accountSid)) return invalid(twilioError(20003));
  const medium = request.method === 'GET' ? account.media.judgeApi(url) : undefined;
  return medium ?? judgeMessages(request, accountSid, options, account);
}

async function judgeMessages(
  request: Request,
  accountSid: string | undefined,
  options: TwilioStandInOptions,
  account: TwilioStandInAccount,
): Promise<Verdict> {
  const url = new URL(request.url);
  const [isMessages, sid] =
    url.pathname.match(/^\/2010-04-01\/Accounts\/\w+\/Messages(?:\/(\w+))?\.json$/) ?? [];
  if (!accountSid || !isMessages) return invalid(twilioError(20404));
  if (request.method === 'GET')
    return sid ? judgeFetch(sid, accountSid, account) : judgeList(url, accountSid, account);
  if (request.method !== 'POST' || sid) return invalid(twilioError(20404));
  const fields = Object.fromEntries(new URLSearchParams(await request.text()));
  const code = codeOfFault(fields, options);
  return code === undefined ? judgeCreate(fields, accountSid, account) : invalid(twilioError(code));
}

const bare = (address: string): string => address.replace(/^whatsapp:/, '');

function judgeCreate(
  fields: Readonly<Record<string, string>>,
  accountSid: string,
  account: TwilioStandInAccount,
): Verdict {
  const { From: from = '', To: to = '', Body: body = '', StatusCallback: statusCallback } = fields;
  return {
    status: 'valid',
    method: 'create',
    chatId: bare(to),
    text: body,
    body: fields,
    isMessage: true,
    accept: () => {
      const message = account.add({ from, to, body, statusCallback });
      return { answer: { status: 201, json: messageResource(message, accountSid) }, messageId: message.sid };
    },
  };
}

const read = (method: string, chatId: string, query: object, answer: () => Answer): Verdict => ({
  status: 'valid',
  method,
  chatId,
  text: undefined,
  body: { ...query },
  isMessage: false,
  accept: () => ({ answer: answer(), messageId: undefined }),
});

function judgeList(url: URL, accountSid: string, account: TwilioStandInAccount): Verdict {
  const query = Object.fromEntries(url.searchParams);
  return read('list', bare(query.To ?? ''), query, () => ({
    status: 200,
    json: listPage(url, account.listed, accountSid),
  }));
}

function judgeFetch(sid: string, accountSid: string, account: TwilioStandInAccount): Verdict {
  const message = account.messages.find((one) => one.sid === sid);
  if (!message) return invalid(twilioError(20404));
  return read('fetch', bare(message.to), { sid }, () => ({
    status: 200,
    json: messageResource(message, accountSid),
  }));
}
