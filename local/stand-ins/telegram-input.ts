import type { HeldMedia, MediaShelf } from './media-shelf.ts';

type Fields = Readonly<Record<string, unknown>>;

const MB = 1024 * 1024;

/** Methods that send a medium, its field, and the largest upload in bytes. */
export const MEDIA_METHODS: Readonly<Record<string, { readonly field: string; readonly maxBytes: number }>> =
  {
    sendPhoto: { field: 'photo', maxBytes: 10 * MB },
    sendAudio: { field: 'audio', maxBytes: 50 * MB },
    sendVoice: { field: 'voice', maxBytes: 50 * MB },
    sendVideo: { field: 'video', maxBytes: 50 * MB },
    sendDocument: { field: 'document', maxBytes: 50 * MB },
    sendSticker: { field: 'sticker', maxBytes: 50 * MB },
  };

/** A call as it arrived: JSON, or a form with files. */
export interface TelegramInput {
  readonly method: string;
  readonly body: Fields;
  readonly files: Readonly<Record<string, HeldMedia>>;
}

/** Why the Bot API would refuse a call; undefined when it would not. */
export function faultOfInput(input: TelegramInput, shelf: MediaShelf): string | undefined {
  const { method, body } = input;
  const isSent = method === 'sendMessage' || method in MEDIA_METHODS;
  if (!isSent && !['sendChatAction', 'setMessageReaction'].includes(method)) return undefined;
  if (body.chat_id === undefined || body.chat_id === '') return 'chat_id is empty';
  if (method === 'sendChatAction') return body.action ? undefined : 'wrong parameter action in request';
  if (method === 'setMessageReaction')
    return Number(body.message_id) > 0 ? undefined : 'message to react not found';
  if (method === 'sendMessage') return faultOfText(body) ?? faultOfMarkup(body.reply_markup);
  return faultOfMedia(input, shelf) ?? faultOfMarkup(body.reply_markup);
}

function faultOfText({ text, parse_mode: mode }: Fields): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return 'message text is empty';
  if (text.length > 4096) return 'message is too long';
  if (mode === undefined) return undefined;
  if (mode === 'MarkdownV2') return faultOfMarkdown(text);
  return mode === 'HTML' ? faultOfHtml(text) : 'unsupported parse_mode';
}

/** What MarkdownV2 wants escaped, and pairs that must be closed. */
function faultOfMarkdown(text: string): string | undefined {
  const bare = text.replaceAll(/\\[\s\S]/g, '').replaceAll(/\[[^\]]*\]\([^)]*\)/g, '');
  const reserved = bare.match(/[.!+=|{}()#\-[\]]/)?.[0];
  if (reserved)
    return `can't parse entities: Character '${reserved}' is reserved and must be escaped with the preceding '\\'`;
  const open = ['*', '_', '`'].find((mark) => (bare.split(mark).length - 1) % 2 === 1);
  return open ? `can't parse entities: Can't find end of the entity starting at '${open}'` : undefined;
}

function faultOfHtml(text: string): string | undefined {
  const open: string[] = [];
  for (const [, slash, tag = ''] of text.matchAll(/<(\/?)([a-z]+)[^>]*>/gi)) {
    if (!slash) open.push(tag);
    else if (open.pop() !== tag) return `can't parse entities: Unexpected end tag "${tag}"`;
  }
  return open.length > 0
    ? `can't parse entities: Can't find end tag corresponding to "${open[0]}"`
    : undefined;
}

function faultOfMedia({ method, body, files }: TelegramInput, shelf: MediaShelf): string | undefined {
  const { field = '', maxBytes = 0 } = MEDIA_METHODS[method] ?? {};
  const file = files[field];
  if (file && file.bytes.length > maxBytes) return 'file is too big';
  const value = body[field];
  const isKnown = file || (typeof value === 'string' && (/^https?:\/\//.test(value) || shelf.get(value)));
  if (!isKnown) return value === undefined ? `there is no ${field} in the request` : 'wrong file identifier';
  if (body.caption !== undefined && method === 'sendSticker') return 'stickers have no caption';
  return String(body.caption ?? '').length > 1024 ? 'message caption is too long' : undefined;
}

function faultOfMarkup(markup: unknown): string | undefined {
  const rows = (markup as { readonly inline_keyboard?: readonly (readonly Fields[])[] } | undefined)
    ?.inline_keyboard;
  const isButton = ({ text, callback_data: data }: Fields) =>
    typeof text === 'string' &&
    text !== '' &&
    typeof data === 'string' &&
    data !== '' &&
    Buffer.byteLength(data) <= 64;
  return rows === undefined || rows.flat().every(isButton) ? undefined : 'BUTTON_DATA_INVALID';
}
