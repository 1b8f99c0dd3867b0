import type { MediaShelf } from './media-shelf.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const isText = (value: unknown, max: number) =>
  typeof value === 'string' && value !== '' && value.length <= max;

/** What a user reads of a message: its text, its caption, or the text above its buttons. */
export function textOf(body: Fields): string | undefined {
  const content = fields(body[String(body.type ?? 'text')]);
  const text = content.body ?? content.caption;
  const shown = typeof text === 'string' ? text : fields(text).text;
  return typeof shown === 'string' ? shown : undefined;
}

/** Why the Graph API would refuse a message; undefined when it would not. */
export function faultOfMessage(body: Fields, shelf: MediaShelf): string | undefined {
  const type = String(body.type ?? 'text');
  const content = fields(body[type]);
  if (body.biz_opaque_callback_data !== undefined && !isText(body.biz_opaque_callback_data, 512))
    return 'biz_opaque_callback_data must be at most 512 characters long.';
  if (body.context !== undefined && !isText(fields(body.context).message_id, 512))
    return "The parameter context['message_id'] is required.";
  switch (type) {
    case 'text':
      if (!isText(content.body, Number.POSITIVE_INFINITY)) return "The parameter text['body'] is required.";
      return isText(content.body, 4096)
        ? undefined
        : "Param text['body'] must be at most 4096 characters long.";
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
    case 'sticker':
      return faultOfMedia(type, content, shelf);
    case 'interactive':
      return body.recipient_type === 'group'
        ? 'Interactive messages are not supported in groups.'
        : faultOfInteractive(content);
    case 'template':
      return isText(content.name, 512) && isText(fields(content.language).code, 10)
        ? undefined
        : "The parameters template['name'] and template['language'] are required.";
    case 'reaction':
      return isText(content.message_id, 512) && typeof content.emoji === 'string'
        ? undefined
        : "The parameters reaction['message_id'] and reaction['emoji'] are required.";
    default:
      return `Param type must be one of {TEXT, IMAGE, …} - got "${type}".`;
  }
}

function faultOfMedia(type: string, { id, link, caption, filename }: Fields, shelf: MediaShelf) {
  if ((id === undefined) === (link === undefined)) return `${type} needs either an id or a link.`;
  if (link !== undefined && !/^https?:\/\//.test(String(link))) return `Param ${type}['link'] is not a URL.`;
  if (id !== undefined && !shelf.get(id)) return `Param ${type}['id'] is not a valid media id.`;
  if (caption !== undefined && (type === 'audio' || type === 'sticker'))
    return `Unexpected key "caption" on param "${type}".`;
  if (caption !== undefined && !isText(caption, 1024))
    return `Param ${type}['caption'] must be at most 1024 characters long.`;
  return filename !== undefined && type !== 'document'
    ? `Unexpected key "filename" on param "${type}".`
    : undefined;
}

function faultOfInteractive({ type, body, action }: Fields): string | undefined {
  if (!isText(fields(body).text, 1024)) return 'Interactive body must have 1 to 1024 characters.';
  if (type === 'button')
    return faultOfButtons(list(fields(action).buttons).map(({ reply }) => fields(reply)));
  if (type !== 'list') return `Interactive type "${String(type)}" is not known.`;
  if (!isText(fields(action).button, 20)) return 'The list needs a button of 1 to 20 characters.';
  return faultOfRows(list(fields(action).sections).flatMap(({ rows }) => list(rows)));
}

function faultOfButtons(buttons: readonly Fields[]): string | undefined {
  if (buttons.length < 1 || buttons.length > 3)
    return 'Invalid buttons count. Min allowed buttons: 1, Max: 3.';
  if (!buttons.every(({ id, title }) => isText(id, 256) && isText(title, 20)))
    return 'Button title length invalid. Min length: 1, Max length: 20.';
  return isUnique(buttons) ? undefined : 'Duplicated button id.';
}

function faultOfRows(rows: readonly Fields[]): string | undefined {
  if (rows.length < 1 || rows.length > 10) return 'Total row count exceed max allowed count: 10.';
  const isRow = ({ id, title, description = '' }: Fields) =>
    isText(id, 200) && isText(title, 24) && typeof description === 'string' && description.length <= 72;
  if (!rows.every(isRow)) return 'A row is not valid.';
  return isUnique(rows) ? undefined : 'Duplicated row id.';
}

const isUnique = (choices: readonly Fields[]) => new Set(choices.map(({ id }) => id)).size === choices.length;
