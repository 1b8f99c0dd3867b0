import { asText } from '../../core/json.ts';
import type { IncomingMedia, LoadedMedia, LoadLimits } from '../channel.ts';
import { checkHash, checkSize, download, getJson } from '../download.ts';
import type { ChannelNet } from '../http.ts';
import { MediaError } from '../media-error.ts';
import { bearerOf, type WhatsappAccount } from './send.ts';

/**
 * Fetches a medium in two steps (contract bot §16.6): Graph names a short-lived URL, type, hash and size; the
 * URL gives the bytes to who shows the token.
 */
export async function loadWhatsappMedia(
  net: ChannelNet,
  account: WhatsappAccount,
  media: IncomingMedia,
  { maxBytes, deadlineMillis }: LoadLimits,
): Promise<LoadedMedia> {
  if (media.bytes !== undefined) checkSize(media.bytes, maxBytes);
  const { graphUrl, graphVersion } = account;
  const headers = bearerOf(account);
  const address = `${graphUrl}/${graphVersion}/${encodeURIComponent(media.id)}`;
  const known = await getJson(net, address, { headers, deadlineMillis });
  const url = trustedUrl(asText(known?.url), graphUrl);
  checkSize(Number(known?.file_size ?? 0), maxBytes);
  const bytes = await download(net, url, { headers, deadlineMillis, maxBytes });
  checkHash(bytes, known?.sha256, media.sha256);
  return { bytes, mimeType: asText(known?.mime_type) ?? media.mimeType ?? 'application/octet-stream' };
}

/** Meta's own hosts of media. */
const META_HOST = /(^|\.)(fbsbx\.com|fbcdn\.net|facebook\.com|whatsapp\.net)$/;

/** The token goes to Meta alone, or to where the Graph API itself is said to be. */
function trustedUrl(text: string | undefined, graphUrl: string): string {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  const isMeta = url?.protocol === 'https:' && META_HOST.test(url.hostname);
  if (url && (isMeta || url.origin === new URL(graphUrl).origin)) return url.href;
  throw new MediaError("The medium's URL is not one of WhatsApp's", 'permanent');
}
