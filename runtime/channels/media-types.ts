/** File name endings of media, and what they are called on the wire. The first of a kind is its usual one. */
const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  amr: 'audio/amr',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  '3gp': 'video/3gpp',
  webm: 'video/webm',
  mov: 'video/quicktime',
  tgs: 'application/x-tgsticker',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  zip: 'application/zip',
};

/** The MIME type that a file name promises; undefined when its ending is none of a medium. */
export const mimeTypeOfName = (name: string): string | undefined =>
  TYPES[/\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];

/** A file name ending for a MIME type, without its parameters (`audio/ogg; codecs=opus` is `ogg`). */
export function extensionOf(mimeType: string): string | undefined {
  const bare = mimeType.split(';')[0]?.trim().toLowerCase();
  return Object.keys(TYPES).find((extension) => TYPES[extension] === bare);
}

/** How files of each type begin; the offset is 0 unless given. */
const BEGINNINGS: readonly { readonly mimeType: string; readonly text: string; readonly at?: number }[] = [
  { mimeType: 'image/png', text: '\x89PNG' },
  { mimeType: 'image/jpeg', text: '\xff\xd8\xff' },
  { mimeType: 'image/gif', text: 'GIF8' },
  { mimeType: 'image/webp', text: 'WEBP', at: 8 },
  { mimeType: 'audio/wav', text: 'WAVE', at: 8 },
  { mimeType: 'audio/ogg', text: 'OggS' },
  { mimeType: 'audio/mpeg', text: 'ID3' },
  { mimeType: 'audio/amr', text: '#!AMR' },
  { mimeType: 'audio/mp4', text: 'ftypM4A', at: 4 },
  { mimeType: 'video/mp4', text: 'ftyp', at: 4 },
  { mimeType: 'application/pdf', text: '%PDF' },
];

/** What the bytes themselves say they are. */
export function mimeTypeOfBytes(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return BEGINNINGS.find(({ text, at = 0 }) => head.startsWith(text, at))?.mimeType;
}
