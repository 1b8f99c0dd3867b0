import { type TwilioWebhook, twilioStatusWebhook } from '../recordings/twilio.ts';
import type { Answer, Fault } from './fault.ts';
import { createStandIn, type Platform, type StandIn, type Verdict } from './stand-in.ts';
import { twilioError } from './twilio-errors.ts';
import { listPage, messageResource, type TwilioMessage, twilioSid } from './twilio-messages.ts';

export interface TwilioStandInOptions {
  /** Other accounts are refused; by default any is taken. */
  readonly accountSid?: string;
  /** Other tokens are refused; by default any is taken. Status callbacks are signed with it. */
  readonly authToken?: string;
  /** Numbers that may send, without prefix; by default any. */
  readonly senders?: readonly string[];
  /** How long a new message is missing in the list; default 0. */
  readonly listLagMillis?: number;
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

/** Twilio's Messages API for WhatsApp. A call's method is `create`, `list` or `fetch`, its chat the user's address. */
export interface TwilioStandIn extends StandIn {
  /** Every message it accepted, oldest first. */
  readonly messages: readonly TwilioMessage[];
  /**
   * Sets a message's status and returns the signed callback, for the caller to deliver when and as often as it likes.
   * Undefined when the message asked for none.
   */
  report(sid: string, status: string, errorCode?: number): TwilioWebhook | undefined;
  /** Puts a message into the list that nobody asked this stand-in to send. */
  add(message: Partial<TwilioMessage> & Pick<TwilioMessage, 'from' | 'to' | 'body'>): TwilioMessage;
}

export function createTwilioStandIn(options: TwilioStandInOptions = {}): TwilioStandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  const account = new Account(options, nowMillis);
  const platform: Platform = { judge: (request) => judge(request, options, account), refusal };
  const standIn = createStandIn(platform, nowMillis);
  const { reset } = standIn;
  return Object.defineProperties(standIn as TwilioStandIn, {
    messages: { get: () => account.messages },
    report: { value: account.report.bind(account) },
    add: { value: account.add.bind(account) },
    reset: {
      value: () => {
        reset();
        account.messages = [];
      },
    },
  });
}

const MAX_MESSAGES = 5000;

class Account {
  messages: TwilioMessage[] = [];
  private count = 0;
  private readonly startedMillis: number;

  constructor(
    private readonly options: TwilioStandInOptions,
    readonly nowMillis: () => number,
  ) {
    this.startedMillis = nowMillis();
  }

  add(message: Parameters<TwilioStandIn['add']>[0]): TwilioMessage {
    this.count += 1;
    const added: TwilioMessage = {
      sid: twilioSid('SM', `${this.startedMillis}:${this.count}`),
      statusCallback: undefined,
      createdMillis: this.nowMillis(),
      status: 'queued',
      sentMillis: undefined,
      errorCode: undefined,
      ...message,
    };
    this.messages = [...this.messages, added].slice(-MAX_MESSAGES);
    return added;
  }

  /** What the list shows by now. */
  get listed(): readonly TwilioMessage[] {
    const until = this.nowMillis() - (this.options.listLagMillis ?? 0);
    return this.messages.filter(({ createdMillis }) => createdMillis <= until);
  }

  report(sid: string, status: string, errorCode?: number): TwilioWebhook | undefined {
    const found = this.messages.find((message) => message.sid === sid);
    if (!found) throw new Error('The stand-in has no such message.');
    const sentMillis = found.sentMillis ?? (status === 'queued' ? undefined : this.nowMillis());
    const changed = { ...found, status, sentMillis, errorCode: errorCode ?? found.errorCode };
    this.messages = this.messages.map((message) => (message === found ? changed : message));
    const { statusCallback: url, from, to } = found;
    if (url === undefined) return undefined;
    const { accountSid = ANY_ACCOUNT, authToken = '' } = this.options;
    return twilioStatusWebhook({ url, authToken, accountSid, from, to, messageSid: sid, status, errorCode });
  }
}

const ANY_ACCOUNT = `AC${'0'.repeat(32)}`;

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

async function judge(request: Request, options: TwilioStandInOptions, account: Account): Promise<Verdict> {
  const url = new URL(request.url);
  const [, accountSid, sid] =
    url.pathname.match(/^\/2010-04-01\/Accounts\/(\w+)\/Messages(?:\/(\w+))?\.json$/) ?? [];
  if (!isAuthorized(request, options, accountSid)) return invalid(twilioError(20003));
  if (!accountSid) return invalid(twilioError(20404));
  if (request.method === 'GET')
    return sid ? judgeFetch(sid, accountSid, account) : judgeList(url, accountSid, account);
  if (request.method !== 'POST' || sid) return invalid(twilioError(20404));
  const fields = Object.fromEntries(new URLSearchParams(await request.text()));
  const code = codeOfFault(fields, options);
  return code === undefined ? judgeCreate(fields, accountSid, account) : invalid(twilioError(code));
}

/** The account with its token, or any API key with its secret. */
function isAuthorized(
  request: Request,
  options: TwilioStandInOptions,
  accountSid: string | undefined,
): boolean {
  const encoded = request.headers.get('authorization')?.match(/^Basic (\S+)$/)?.[1] ?? '';
  const [, user, secret] =
    Buffer.from(encoded, 'base64')
      .toString()
      .match(/^(AC\w+|SK\w+):(.+)$/) ?? [];
  if (!user || !secret) return false;
  if (options.accountSid && accountSid && accountSid !== options.accountSid) return false;
  if (user.startsWith('SK')) return true;
  return (
    (accountSid === undefined || user === accountSid) && (!options.authToken || secret === options.authToken)
  );
}

const WHATSAPP_TO = /^whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.[A-Za-z0-9]+)$/;
const WHATSAPP_FROM = /^whatsapp:\+[1-9]\d{6,14}$/;
const MAX_BODY_UNITS = 1600;

/** Why Twilio would refuse a create, by its code; undefined when it would take it. */
function codeOfFault(
  { From: from, To: to, Body: body, StatusCallback: callback }: Readonly<Record<string, string>>,
  { senders }: TwilioStandInOptions,
): number | undefined {
  if (!to) return 21604;
  if (!from) return 21603;
  if (to.startsWith('whatsapp:') !== from.startsWith('whatsapp:')) return 21910;
  if (!to.startsWith('whatsapp:')) return 21606;
  if (!WHATSAPP_TO.test(to)) return 21211;
  const isKnown = senders === undefined || senders.some((sender) => from === `whatsapp:${sender}`);
  if (!WHATSAPP_FROM.test(from) || !isKnown) return 63007;
  if (!body?.trim()) return 21602;
  if (body.length > MAX_BODY_UNITS) return 21617;
  return callback === undefined || /^https?:\/\/[^\s_]+$/.test(callback) ? undefined : 21609;
}

const bare = (address: string): string => address.replace(/^whatsapp:/, '');

function judgeCreate(
  fields: Readonly<Record<string, string>>,
  accountSid: string,
  account: Account,
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

function judgeList(url: URL, accountSid: string, account: Account): Verdict {
  const query = Object.fromEntries(url.searchParams);
  return read('list', bare(query.To ?? ''), query, () => ({
    status: 200,
    json: listPage(url, account.listed, accountSid),
  }));
}

function judgeFetch(sid: string, accountSid: string, account: Account): Verdict {
  const message = account.messages.find((one) => one.sid === sid);
  if (!message) return invalid(twilioError(20404));
  return read('fetch', bare(message.to), { sid }, () => ({
    status: 200,
    json: messageResource(message, accountSid),
  }));
}
