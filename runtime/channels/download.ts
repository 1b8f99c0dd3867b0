import { createHash } from 'node:crypto';
import type { JsonRecord } from '../core/json.ts';
import { type ChannelNet, callSignal, networkCode } from './http.ts';
import { MediaError } from './media-error.ts';

export interface DownloadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMillis: number;
  /** More is refused, before the rest is read. */
  readonly maxBytes: number;
}

/** GETs bytes, never more than `maxBytes`. Redirects are not followed: they could lead a token elsewhere. */
export async function download(net: ChannelNet, url: string, options: DownloadOptions): Promise<Uint8Array> {
  const response = await get(net, url, options);
  if (response.status !== 200) throw await notGiven(response);
  return readBytes(response, options.maxBytes);
}

/** The bytes of an answer, never more than `maxBytes`. */
export async function readBytes(response: Response, maxBytes: number): Promise<Uint8Array> {
  try {
    checkSize(Number(response.headers.get('content-length') ?? 0), maxBytes);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      checkSize(size, maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    await response.body?.cancel().catch(() => {});
    throw error instanceof MediaError ? error : lost(error);
  }
}

/** GETs a JSON object; undefined when it is something else. */
export async function getJson(
  net: ChannelNet,
  url: string,
  options: Omit<DownloadOptions, 'maxBytes'>,
): Promise<JsonRecord | undefined> {
  const bytes = await download(net, url, { ...options, maxBytes: MAX_JSON_BYTES });
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonRecord;
  } catch {
    return undefined;
  }
}

const MAX_JSON_BYTES = 65_536;

/** One GET without its body; whatever the status, and a redirect stays one. */
export function get(
  net: ChannelNet,
  url: string,
  { headers = {}, deadlineMillis }: Omit<DownloadOptions, 'maxBytes'>,
): Promise<Response> {
  const signal = callSignal(net, { deadlineMillis });
  return net.fetch(url, { headers, redirect: 'manual', signal }).catch((error: unknown) => {
    throw lost(error);
  });
}

/** What an answer that is no medium means; its body is let go. */
export async function notGiven(response: Response): Promise<MediaError> {
  await response.body?.cancel();
  return new MediaError(`The medium was not given: code ${response.status}`, classOf(response.status), {
    code: response.status,
  });
}

function classOf(status: number): 'transient' | 'hold' | 'permanent' {
  if (status === 401) return 'hold';
  return status === 429 || status >= 500 ? 'transient' : 'permanent';
}

const lost = (error: unknown) => {
  const code = networkCode(error);
  return new MediaError(`The medium was not reached (${code})`, 'transient', { code });
};

/** Refuses what is larger than it may be. */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new MediaError(`The medium has more than ${maxBytes} bytes and is not fetched`, 'permanent');
}

/** The hash may be given in hex or in base64; none given is no fault. */
export function checkHash(bytes: Uint8Array, ...expected: readonly unknown[]): void {
  const digest = createHash('sha256').update(bytes).digest();
  const words = [digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')];
  const isWrong = (hash: unknown) =>
    typeof hash === 'string' && !words.includes(hash) && !words.includes(hash.toLowerCase());
  if (expected.some(isWrong)) throw new MediaError("The medium's bytes do not fit its SHA-256", 'transient');
}
