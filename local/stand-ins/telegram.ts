import type { Answer, Fault } from './fault.ts';
import { createStandIn, jsonObject, type Platform, type StandIn, type Verdict } from './stand-in.ts';

export interface TelegramStandInOptions {
  /** Other bot tokens are refused; by default any is taken. */
  readonly token?: string;
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'Bad Request: chat not found',
  401: 'Unauthorized',
  403: 'Forbidden: bot was blocked by the user',
  404: 'Not Found',
  409: 'Conflict: terminated by other getUpdates request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
};

/** An error answer of the Bot API. */
export function telegramError(code: number, description?: string, parameters?: object): Answer {
  const words = description ?? DESCRIPTIONS[code] ?? 'Bad Request';
  return {
    status: code,
    json: { ok: false, error_code: code, description: words, ...(parameters && { parameters }) },
  };
}

const BOT = { id: 7_000_000_001, is_bot: true, first_name: 'Stand-in', username: 'hookline_stand_in_bot' };

/** The Bot API: `POST /bot<token>/<method>`. */
export function createTelegramStandIn(options: TelegramStandInOptions = {}): StandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  const bot: Bot = { nowMillis, webhook: {} };
  const platform: Platform = { judge: (request) => judge(request, options, bot), refusal };
  return createStandIn(platform, nowMillis);
}

interface Bot {
  readonly nowMillis: () => number;
  webhook: Readonly<Record<string, unknown>>;
}

function refusal(fault: Extract<Fault, { kind: 'refuse' | 'throttle' | 'broken' }>): Answer {
  if (fault.kind === 'throttle') {
    const seconds = fault.retryAfterSeconds;
    return telegramError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
  }
  if (fault.kind === 'broken') {
    const status = fault.status ?? 500;
    return fault.platformObject ? telegramError(status) : { status, json: {} };
  }
  if (fault.body) return { status: fault.status ?? 400, json: fault.body };
  return telegramError(fault.code ?? fault.status ?? 400);
}

const invalid = (answer: Answer): Verdict => ({ status: 'invalid', answer });

async function judge(request: Request, options: TelegramStandInOptions, bot: Bot): Promise<Verdict> {
  const url = new URL(request.url);
  const [, token, method] = url.pathname.match(/^\/bot([^/]+)\/(\w+)$/) ?? [];
  if (!token || !method) return invalid(telegramError(404));
  if (options.token && token !== options.token) return invalid(telegramError(401));
  const fromBody = request.body ? await jsonObject(request) : {};
  if (!fromBody) return invalid(telegramError(400, "Bad Request: can't parse JSON object"));
  const body = { ...Object.fromEntries(url.searchParams), ...fromBody };
  const act = METHODS[method];
  if (!act) return invalid(telegramError(404, 'Not Found: method not found'));
  const fault = faultOfInput(method, body);
  if (fault) return invalid(telegramError(400, `Bad Request: ${fault}`));
  return {
    status: 'valid',
    method,
    chatId: body.chat_id === undefined ? '' : String(body.chat_id),
    text: typeof body.text === 'string' ? body.text : undefined,
    body,
    isMessage: method === 'sendMessage',
    accept: (sequence) => {
      const result = act(body, bot, sequence);
      const messageId = method === 'sendMessage' ? String(sequence) : undefined;
      return { answer: { status: 200, json: { ok: true, result } }, messageId };
    },
  };
}

function faultOfInput(method: string, body: Readonly<Record<string, unknown>>): string | undefined {
  if (!['sendMessage', 'sendChatAction'].includes(method)) return undefined;
  if (body.chat_id === undefined || body.chat_id === '') return 'chat_id is empty';
  if (method === 'sendChatAction') return body.action ? undefined : 'wrong parameter action in request';
  if (typeof body.text !== 'string' || body.text.trim() === '') return 'message text is empty';
  return body.text.length > 4096 ? 'message is too long' : undefined;
}

type Method = (body: Readonly<Record<string, unknown>>, bot: Bot, sequence: number) => unknown;

const METHODS: Readonly<Record<string, Method>> = {
  getMe: () => ({
    ...BOT,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  }),
  sendMessage: (body, bot, sequence) => ({
    message_id: sequence,
    from: BOT,
    chat: chatOf(body.chat_id),
    date: Math.floor(bot.nowMillis() / 1000),
    text: body.text,
  }),
  sendChatAction: () => true,
  answerCallbackQuery: () => true,
  setWebhook: (body, bot) => {
    bot.webhook = body;
    return true;
  },
  deleteWebhook: (_body, bot) => {
    bot.webhook = {};
    return true;
  },
  getWebhookInfo: (_body, bot) => ({
    url: bot.webhook.url ?? '',
    has_custom_certificate: false,
    pending_update_count: 0,
    max_connections: bot.webhook.max_connections ?? 40,
    ...(bot.webhook.allowed_updates !== undefined && { allowed_updates: bot.webhook.allowed_updates }),
  }),
};

/** Groups have negative ids. */
function chatOf(id: unknown) {
  const number = Number(id);
  return number < 0
    ? { id: number, type: 'supergroup', title: 'Group' }
    : { id: number, type: 'private', first_name: 'Ada' };
}
