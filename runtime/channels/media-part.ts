import { SendError } from '../core/errors.ts';
import type { MediaKind, MediaPart, SendTarget } from './channel.ts';
import { extensionOf, mimeTypeOfBytes, mimeTypeOfName } from './media-types.ts';

/** The bytes of a medium that is sent, and how they are announced. */
export interface PartBytes {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly fileName: string;
}

const USUAL_TYPES: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  audio: 'audio/mpeg',
  video: 'video/mp4',
  document: 'application/octet-stream',
  sticker: 'image/webp',
};

/** Reads what must be uploaded; undefined when the platform is given a URL or an id of its own. */
export async function bytesOfPart(part: MediaPart, target: SendTarget): Promise<PartBytes | undefined> {
  const { media, type } = part;
  if ('url' in media || 'id' in media) return undefined;
  const bytes = 'file' in media ? await readFile(media.file, target) : decode(media.base64, type);
  const name = part.fileName ?? ('file' in media ? media.file.split('/').at(-1) : undefined);
  const mimeType = part.mimeType ?? mimeTypeOfName(name ?? '') ?? mimeTypeOfBytes(bytes) ?? USUAL_TYPES[type];
  return { bytes, mimeType, fileName: name ?? `${type}.${extensionOf(mimeType) ?? 'bin'}` };
}

async function readFile(path: string, { readFile }: SendTarget): Promise<Uint8Array> {
  if (readFile) return readFile(path);
  throw new SendError('A file cannot be read here: give a url, an id or the bytes', 'permanent');
}

function decode(base64: string, type: MediaKind): Uint8Array {
  const bytes = Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64');
  if (bytes.length > 0) return bytes;
  throw new SendError(`The part of type "${type}" holds no base64 bytes`, 'permanent');
}

/** A file in a form. */
export const blobOf = ({ bytes, mimeType }: PartBytes): Blob =>
  new Blob([new Uint8Array(bytes)], { type: mimeType });

/** Adds the platform's own fields to a message; of two objects with one name, the fields are joined. */
export function withExtra(
  body: Readonly<Record<string, unknown>>,
  extra: SendTarget['extra'],
): Readonly<Record<string, unknown>> {
  const joined: Record<string, unknown> = { ...body };
  for (const [name, value] of Object.entries(extra ?? {})) {
    const ours = joined[name];
    joined[name] = isPlain(ours) && isPlain(value) ? { ...ours, ...value } : value;
  }
  return joined;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
