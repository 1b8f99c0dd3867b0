import type {
  Choice,
  MediaKind,
  MediaPart,
  MediaSource,
  OutgoingPart,
  TemplatePart,
  TextPart,
} from '../channels/channel.ts';
import type { PlatformLimits } from '../channels/limits.ts';
import { MAX_CAPTION_UNITS, splitText } from '../channels/split.ts';
import { asList, asRecord, asText, isRecord } from '../core/json.ts';
import type { Block } from './agent.ts';

/** Why a block cannot be sent; who catches it knows which block it was. */
export class BlockFault extends Error {
  override name = 'BlockFault';
}

/** A text block's parts. Options count beside a `response`: any other object is printed as it is. */
export function textParts(content: unknown, text: string, limits: PlatformLimits): OutgoingPart[] {
  const options = isRecord(content) && typeof content.response === 'string' ? content : {};
  const parseMode = asText(options.parse_mode);
  const plain = { type: 'text' as const, ...(parseMode !== undefined && { parseMode }) };
  const choices = choicesOf(options);
  const chunks = splitText(text);
  if (!choices) return chunks.map((chunk) => ({ ...plain, text: chunk }));
  const last = splitText(chunks.pop() ?? '', limits.interactiveText);
  const texts = [...chunks, ...last];
  if (texts.length === 0) throw new BlockFault('buttons and lists need a text');
  return texts.map((chunk, index) => ({ ...plain, text: chunk, ...(index === texts.length - 1 && choices) }));
}

function choicesOf(options: Readonly<Record<string, unknown>>): Partial<TextPart> | undefined {
  const { buttons, list } = options;
  if (buttons === undefined && list === undefined) return undefined;
  const { button, rows } = asRecord(list);
  return {
    ...(buttons !== undefined && { buttons: asList(buttons).map(choiceOf) }),
    ...(list !== undefined && { list: { button: asText(button) ?? '', rows: asList(rows).map(choiceOf) } }),
  };
}

function choiceOf(value: unknown): Choice {
  const { id, title, description } = asRecord(value);
  const described = asText(description);
  return {
    id: asText(id) ?? '',
    title: asText(title) ?? '',
    ...(described !== undefined && { description: described }),
  };
}

/** A medium, and behind it what its caption has no room for. */
export function mediaParts(type: MediaKind, content: unknown, limits: PlatformLimits): OutgoingPart[] {
  const media = mediaSource(content);
  const { filename, mime_type: mimeType, caption, is_voice_note: isVoiceNote } = asRecord(content);
  const part: MediaPart = {
    type,
    media,
    ...(asText(filename) !== undefined && { fileName: String(filename) }),
    ...(asText(mimeType) !== undefined && { mimeType: String(mimeType) }),
    ...(isVoiceNote === true && { isVoiceNote }),
  };
  const shown = limits.captions.has(type);
  const texts = splitText(asText(caption) ?? '', undefined, shown ? MAX_CAPTION_UNITS : undefined);
  const [first, ...rest] = shown ? texts : [undefined, ...texts];
  const behind = rest.map((text) => ({ type: 'text' as const, text: text ?? '' }));
  return [{ ...part, ...(first && { caption: first }) }, ...behind];
}

/** The field that each `kind` of a block means (contract bot §2). */
const FIELD_OF_KIND: Readonly<Record<string, string>> = { file: 'path', url: 'url', b64: 'b64' };

const FIELDS = ['path', 'url', 'link', 'media_id', 'id', 'file_id', 'b64'] as const;

/** Where a medium is: a text (alone or as `media`), or an object of which the first field that is present wins. */
export function mediaSource(content: unknown): MediaSource {
  if (typeof content === 'string' && content !== '') return sourceOfText(content);
  const fields = asRecord(content);
  if (asText(fields.media) !== undefined) return sourceOfText(String(fields.media));
  const named = FIELD_OF_KIND[String(fields.kind)];
  const field = [named, ...FIELDS].find((name) => name !== undefined && asText(fields[name]) !== undefined);
  const value = asText(fields[field ?? '']);
  if (field === undefined || value === undefined)
    throw new BlockFault(`it needs one of the fields ${FIELDS.join(', ')}`);
  if (field === 'b64') return { base64: value };
  if (field === 'path') return { file: value.replace(/^file:/, '') };
  if (field !== 'url' && field !== 'link') return { id: value };
  if (!isWebAddress(value)) throw new BlockFault('its url does not begin with https:// or http://');
  return { url: value };
}

const isWebAddress = (text: string) => /^https?:\/\//i.test(text);

/** Platform ids have neither dots nor slashes; files have. */
function sourceOfText(text: string): MediaSource {
  if (isWebAddress(text)) return { url: text };
  return /^[\w-]+$/.test(text) ? { id: text } : { file: text.replace(/^file:/, '') };
}

/** A block as a row keeps it: bytes that were sent would make every later turn move them again. */
export function withoutBytes(block: Block): Block {
  if (!isRecord(block.content) || typeof block.content.b64 !== 'string') return block;
  const { b64, ...rest } = block.content;
  return { ...block, content: { ...rest, bytes: Buffer.byteLength(b64, 'base64') } };
}

/** A template block. */
export function templatePart(content: unknown): TemplatePart {
  const { name, language, parameters } = asRecord(content);
  if (typeof name !== 'string' || name === '' || typeof language !== 'string' || language === '')
    throw new BlockFault('it needs a name and a language');
  const texts = Object.entries(asRecord(parameters)).map(([key, value]) => [key, String(value)]);
  return { type: 'template', name, language, parameters: Object.fromEntries(texts) };
}
