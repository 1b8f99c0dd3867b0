import { asNumber, asRecord, asText, type JsonRecord } from '../../core/json.ts';
import type { IncomingMedia, MediaKind } from '../channel.ts';
import { type Content, mediaContent } from '../content.ts';

/** A medium of a message; undefined without the id by which it is fetched. */
export function readMedium(kind: MediaKind, value: unknown): IncomingMedia | undefined {
  const fields = asRecord(value);
  const id = asText(fields.id);
  if (id === undefined) return undefined;
  const mimeType = asText(fields.mime_type);
  const fileName = asText(fields.filename);
  const sha256 = hexSha256(asText(fields.sha256));
  const bytes = asNumber(fields.file_size);
  return {
    kind,
    id,
    ...(mimeType && { mimeType }),
    ...(fileName && { fileName }),
    ...(sha256 && { sha256 }),
    ...(bytes !== undefined && { bytes }),
  };
}

/** A picture, video, document or sticker. */
export const readMedia =
  (kind: MediaKind) =>
  (message: JsonRecord): Content | undefined => {
    const fields = asRecord(message[kind]);
    const medium = readMedium(kind, fields);
    if (!medium) return undefined;
    const content = mediaContent(medium, asText(fields.caption) ?? '');
    return kind === 'sticker' ? { ...content, data: { isAnimated: fields.animated === true } } : content;
  };

/** A sound: `audio` with a flag for a voice note, or the older type `voice`. */
export function readSound(message: JsonRecord): Content | undefined {
  const isVoice = message.type === 'voice';
  const fields = asRecord((isVoice ? message.voice : undefined) ?? message.audio);
  const medium = readMedium('audio', fields);
  return medium && mediaContent(medium, '', isVoice || fields.voice === true);
}

/** Webhooks say it in base64, the media endpoint in hex. */
function hexSha256(text = ''): string | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : undefined;
}
