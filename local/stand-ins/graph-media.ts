import { graphError } from './graph-errors.ts';
import { formFields, type HeldMedia, type MediaShelf, sha256 } from './media-shelf.ts';
import type { Verdict } from './stand-in.ts';

const KB = 1024;
const MB = 1024 * KB;

/** Types that may be uploaded, and how large each kind may be. */
const UPLOADS: readonly { readonly types: RegExp; readonly maxBytes: number }[] = [
  { types: /^image\/(jpeg|png)$/, maxBytes: 5 * MB },
  { types: /^image\/webp$/, maxBytes: 500 * KB },
  { types: /^audio\/(aac|amr|mpeg|mp4|ogg)\b/, maxBytes: 16 * MB },
  { types: /^video\/(mp4|3gpp)$/, maxBytes: 16 * MB },
  { types: /^(text\/(plain|csv)|application\/(pdf|msword|zip|vnd\..+))$/, maxBytes: 100 * MB },
];

const invalid = (message: string, code = 100): Verdict => ({
  status: 'invalid',
  answer: graphError(code, { message: `(#${code}) ${message}` }),
});

const call = (method: string, body: Readonly<Record<string, unknown>>) => ({
  status: 'valid' as const,
  method,
  chatId: '',
  text: undefined,
  body,
  isMessage: false,
});

/** `POST /<phone number id>/media`: a form with the file. */
export async function judgeUpload(request: Request, shelf: MediaShelf): Promise<Verdict> {
  const form = await formFields(request).catch(() => undefined);
  const file = form?.files.file;
  if (!form || !file) return invalid('The parameter file is required.');
  if (form.fields.messaging_product !== 'whatsapp')
    return invalid('The parameter messaging_product is required.');
  const { maxBytes } = UPLOADS.find(({ types }) => types.test(file.mimeType)) ?? {};
  if (maxBytes === undefined) return invalid(`Param file must be a file with one of the known types`);
  if (file.bytes.length > maxBytes) return invalid('Media upload error: the file is too large', 131053);
  const accept = () => ({
    answer: { status: 200, json: { id: shelf.add(file) } },
    messageId: undefined,
  });
  return { ...call('upload', form.fields), accept };
}

/** `GET /<media id>`: where the bytes are, and what they are. */
export function judgeMetadata(request: Request, id: string, shelf: MediaShelf): Verdict {
  const media = shelf.get(id);
  if (!media) return invalid('Object does not exist or cannot be loaded due to missing permissions.');
  const url = new URL(`/whatsapp_business/attachments/?mid=${id}&source=webhook`, request.url).href;
  const json = {
    messaging_product: 'whatsapp',
    url,
    mime_type: media.mimeType,
    sha256: sha256(media),
    file_size: media.bytes.length,
    id,
  };
  return {
    ...call('media', { id }),
    accept: () => ({ answer: { status: 200, json }, messageId: undefined }),
  };
}

/** The URL that the metadata named; the bytes go to who shows the bearer token. */
export function judgeDownload(request: Request, shelf: MediaShelf): Verdict {
  const id = new URL(request.url).searchParams.get('mid');
  const media: HeldMedia | undefined = shelf.get(id);
  if (!media) return { status: 'invalid', answer: { status: 404, json: {} } };
  const bytes = { content: media.bytes, mimeType: media.mimeType };
  return {
    ...call('download', { id }),
    accept: () => ({ answer: { status: 200, bytes }, messageId: undefined }),
  };
}
