import type { ChannelNet } from '../channels/http.ts';
import type { TwilioAccount } from '../channels/twilio/account.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ModelImage } from '../models/model.ts';
import type { Media } from './entry.ts';

export interface PicturePorts {
  readonly net: ChannelNet;
  account(): Promise<TwilioAccount>;
  readonly log: Log;
}

/** What every provider with eyes takes. */
const TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
/** The smallest limit among the providers, Bedrock's. */
const MAX_BYTES = 3_750_000;
/** A picture costs about a thousand tokens. */
const MAX_PICTURES = 5;
const TIMEOUT_MILLIS = 10_000;

/**
 * The pictures of a turn, the newest five. One that cannot be fetched is left out with a warning: the user's text
 * says that it was sent, and the model can ask for it.
 */
export async function picturesOf(
  media: readonly Media[],
  ports: PicturePorts,
): Promise<readonly ModelImage[]> {
  const shown = media.filter(({ contentType }) => TYPES.includes(contentType)).slice(-MAX_PICTURES);
  if (shown.length === 0) return [];
  const [account, { fetchMedia }] = await Promise.all([
    ports.account(),
    import('../channels/twilio/media.ts'),
  ]);
  const { net, log } = ports;
  const deadlineMillis = net.clock.nowMillis() + TIMEOUT_MILLIS;
  const fetched = shown.map(async ({ contentType, ref }): Promise<readonly ModelImage[]> => {
    try {
      const bytes = await fetchMedia(net, account, ref, { deadlineMillis, maxBytes: MAX_BYTES });
      return [{ contentType, base64: Buffer.from(bytes).toString('base64') }];
    } catch (error) {
      log.warn('picture_not_shown', { content_type: contentType, error: describeError(error) });
      return [];
    }
  });
  return (await Promise.all(fetched)).flat();
}
