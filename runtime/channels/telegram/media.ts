import { asList, asNumber, asRecord, asText, isRecord, type JsonRecord } from '../../core/json.ts';
import type { IncomingMedia, MediaKind } from '../channel.ts';
import { type Content, mediaContent, type StickerData } from '../content.ts';
import type { RawMessage } from './update.ts';

/** What each field holds, in the order of looking: an animation comes with a `document` beside it. */
const FIELDS = [
  ['voice', 'audio'],
  ['audio', 'audio'],
  ['video', 'video'],
  ['video_note', 'video'],
  ['animation', 'document'],
  ['document', 'document'],
] as const satisfies readonly (readonly [string, MediaKind])[];

/** A message's medium with its caption; undefined when it has none that can be fetched. */
export function readMedia(message: RawMessage): Content | undefined {
  const fields = message as JsonRecord;
  const caption = asText(fields.caption) ?? '';
  if (isRecord(fields.sticker)) return readSticker(fields.sticker);
  const photo = largest(asList(fields.photo).map(asRecord));
  const picture = photo && readMedium('image', photo, 'image/jpeg');
  if (picture) return mediaContent(picture, caption);
  for (const [field, kind] of FIELDS) {
    const medium = isRecord(fields[field]) ? readMedium(kind, fields[field]) : undefined;
    if (medium) return mediaContent(medium, caption, field === 'voice');
  }
  return undefined;
}

/** Of the sizes of one picture. */
function largest(sizes: readonly JsonRecord[]): JsonRecord | undefined {
  const area = ({ width, height }: JsonRecord) => (asNumber(width) ?? 0) * (asNumber(height) ?? 0);
  let best: JsonRecord | undefined;
  for (const size of sizes) if (best === undefined || area(size) >= area(best)) best = size;
  return best;
}

function readSticker(sticker: JsonRecord): Content | undefined {
  const isVideo = sticker.is_video === true;
  const isAnimated = sticker.is_animated === true;
  const mimeType = isVideo ? 'video/webm' : isAnimated ? 'application/x-tgsticker' : 'image/webp';
  const medium = readMedium('sticker', sticker, mimeType);
  if (!medium) return undefined;
  const emoji = asText(sticker.emoji);
  const data: StickerData = { isAnimated, isVideo, ...(emoji && { emoji }) };
  return { ...mediaContent(medium, emoji ?? ''), data };
}

function readMedium(kind: MediaKind, fields: JsonRecord, usualMimeType?: string): IncomingMedia | undefined {
  const id = asText(fields.file_id);
  if (id === undefined) return undefined;
  const mimeType = asText(fields.mime_type) ?? usualMimeType;
  const fileName = asText(fields.file_name);
  const bytes = asNumber(fields.file_size);
  return {
    kind,
    id,
    ...(mimeType && { mimeType }),
    ...(fileName && { fileName }),
    ...(bytes !== undefined && { bytes }),
  };
}
