import { asRecord, asText } from '../../core/json.ts';
import type { IncomingMedia, LoadedMedia, LoadLimits } from '../channel.ts';
import { checkSize, download, getJson } from '../download.ts';
import type { ChannelNet } from '../http.ts';
import { MediaError } from '../media-error.ts';
import { mimeTypeOfBytes, mimeTypeOfName } from '../media-types.ts';
import type { TelegramAccount } from './send.ts';

/** Largest file that the Bot API gives (contract bot §17.6). */
const MAX_BYTES = 20 * 1024 * 1024;

/** Fetches a medium: `getFile` names a path below the Bot API's own address, which gives the bytes. */
export async function loadTelegramMedia(
  net: ChannelNet,
  { apiUrl, token }: TelegramAccount,
  media: IncomingMedia,
  { maxBytes, deadlineMillis }: LoadLimits,
): Promise<LoadedMedia> {
  const limit = Math.min(maxBytes, MAX_BYTES);
  if (media.bytes !== undefined) checkSize(media.bytes, limit);
  const id = encodeURIComponent(media.id);
  const answer = await getJson(net, `${apiUrl}/bot${token}/getFile?file_id=${id}`, { deadlineMillis });
  const { file_path: path, file_size: size } = asRecord(answer?.result);
  checkSize(Number(size ?? 0), limit);
  const base = `${apiUrl}/file/bot${token}/`;
  const url = URL.canParse(asText(path) ?? '', base) ? new URL(String(path), base).href : '';
  if (path === undefined || !url.startsWith(base))
    throw new MediaError("The medium's path is not one of Telegram's", 'permanent');
  const bytes = await download(net, url, { deadlineMillis, maxBytes: limit });
  const mimeType = media.mimeType ?? mimeTypeOfName(url) ?? mimeTypeOfBytes(bytes);
  return { bytes, mimeType: mimeType ?? 'application/octet-stream' };
}
