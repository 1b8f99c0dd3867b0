import type { Answer, Fault } from './fault.ts';
import { formFields, MediaShelf } from './media-shelf.ts';
import { createStandIn, jsonObject, type MediaStandIn, type Platform, type Verdict } from './stand-in.ts';
import { faultOfInput, MEDIA_METHODS, type TelegramInput } from './telegram-input.ts';

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

/** The Bot API: `POST /bot<token>/<method>`, and `GET /file/bot<token>/<path>`. */
export function createTelegramStandIn(options: TelegramStandInOptions = {}): MediaStandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  const shelf = new MediaShelf((number) => `AgACAgIAAxkBAAI${String(number).padStart(5, '0')}`);
  const bot: Bot = { nowMillis, webhook: {}, shelf };
  const platform: Platform = { judge: (request) => judge(request, options, bot), refusal };
  return Object.assign(createStandIn(platform, nowMillis), {
    hold: shelf.add.bind(shelf),
    held: shelf.get.bind(shelf),
  });
}

interface Bot {
  readonly nowMillis: () => number;
  readonly shelf: MediaShelf;
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
  const [, isFile, token, rest] = url.pathname.match(/^(\/file)?\/bot([^/]+)\/(.+)$/) ?? [];
  if (!token || !rest) return invalid(telegramError(404));
  if (options.token && token !== options.token) return invalid(telegramError(401));
  if (isFile) return judgeDownload(rest, bot);
  const input = await inputOf(request, url, rest);
  if (!input) return invalid(telegramError(400, "Bad Request: can't parse JSON object"));
  const { method, body } = input;
  const act = METHODS[method] ?? (method in MEDIA_METHODS ? sendMedia : undefined);
  if (!act) return invalid(telegramError(404, 'Not Found: method not found'));
  const fault = faultOfInput(input, bot.shelf) ?? faultOfFile(input, bot);
  if (fault) return invalid(telegramError(400, `Bad Request: ${fault}`));
  const isMessage = method.startsWith('send') && method !== 'sendChatAction';
  const text = body.text ?? body.caption;
  return {
    status: 'valid',
    method,
    chatId: body.chat_id === undefined ? '' : String(body.chat_id),
    text: typeof text === 'string' ? text : undefined,
    body,
    isMessage,
    accept: (sequence) => {
      const result = act(input, bot, sequence);
      const messageId = isMessage ? String(sequence) : undefined;
      return { answer: { status: 200, json: { ok: true, result } }, messageId };
    },
  };
}

async function inputOf(request: Request, url: URL, method: string): Promise<TelegramInput | undefined> {
  const query = Object.fromEntries(url.searchParams);
  if (request.headers.get('content-type')?.startsWith('multipart/form-data')) {
    const form = await formFields(request).catch(() => undefined);
    return form && { method, body: { ...query, ...form.fields }, files: form.files };
  }
  const body = request.body ? await jsonObject(request) : {};
  return body && { method, body: { ...query, ...body }, files: {} };
}

const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;

function faultOfFile({ method, body }: TelegramInput, { shelf }: Bot): string | undefined {
  if (method !== 'getFile') return undefined;
  const file = shelf.get(body.file_id);
  if (!file) return 'invalid file_id';
  return file.bytes.length > MAX_DOWNLOAD_BYTES ? 'file is too big' : undefined;
}

function judgeDownload(path: string, { shelf }: Bot): Verdict {
  const id = path.split('/').at(-1) ?? '';
  const file = shelf.get(id);
  if (!file) return invalid(telegramError(404));
  const bytes = { content: file.bytes, mimeType: 'application/octet-stream' };
  return {
    status: 'valid',
    method: 'download',
    chatId: '',
    text: undefined,
    body: { id },
    isMessage: false,
    accept: () => ({ answer: { status: 200, bytes }, messageId: undefined }),
  };
}

type Method = (input: TelegramInput, bot: Bot, sequence: number) => unknown;

const message = ({ body }: TelegramInput, bot: Bot, sequence: number) => ({
  message_id: sequence,
  from: BOT,
  chat: chatOf(body.chat_id),
  date: Math.floor(bot.nowMillis() / 1000),
});

/** What is sent again by its id needs no second upload. */
const sendMedia: Method = (input, bot, sequence) => {
  const { field = '' } = MEDIA_METHODS[input.method] ?? {};
  const file = input.files[field];
  const id = file ? bot.shelf.add(file) : String(input.body[field]);
  const shown = { file_id: id, file_unique_id: id, file_size: bot.shelf.get(id)?.bytes.length };
  return {
    ...message(input, bot, sequence),
    ...(input.body.caption !== undefined && { caption: input.body.caption }),
    [field]: field === 'photo' ? [shown] : shown,
  };
};

const METHODS: Readonly<Record<string, Method>> = {
  getMe: () => ({
    ...BOT,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  }),
  sendMessage: (input, bot, sequence) => ({ ...message(input, bot, sequence), text: input.body.text }),
  getFile: ({ body }, { shelf }) => ({
    file_id: body.file_id,
    file_unique_id: body.file_id,
    file_size: shelf.get(body.file_id)?.bytes.length,
    file_path: `files/${String(body.file_id)}`,
  }),
  setMessageReaction: () => true,
  sendChatAction: () => true,
  answerCallbackQuery: () => true,
  setWebhook: ({ body }, bot) => {
    bot.webhook = body;
    return true;
  },
  deleteWebhook: (_input, bot) => {
    bot.webhook = {};
    return true;
  },
  getWebhookInfo: (_input, bot) => ({
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
