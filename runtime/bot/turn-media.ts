import { createHash } from 'node:crypto';
import type { IncomingMedia, LoadedMedia } from '../channels/channel.ts';
import { extensionOf } from '../channels/media-types.ts';
import { describeError } from '../core/errors.ts';
import { retry } from '../core/retry.ts';
import type { DecideInput } from './decide/decider.ts';

type MediaInput = Pick<DecideInput, 'sender' | 'files' | 'config' | 'clock' | 'log' | 'deadlineMillis'>;

/** The media of one turn: each is fetched once, whoever asks first. */
export class TurnMedia {
  private readonly fetched = new Map<string, Promise<LoadedMedia>>();

  constructor(private readonly input: MediaInput) {}

  /** Fetches a medium's bytes, at most `MEDIA_MAX_BYTES`. Throws a `MediaError`. */
  load(media: IncomingMedia): Promise<LoadedMedia> {
    const known = this.fetched.get(media.id) ?? this.fetch(media);
    this.fetched.set(media.id, known);
    return known;
  }

  private fetch(media: IncomingMedia): Promise<LoadedMedia> {
    const { sender, config, clock, deadlineMillis } = this.input;
    const limits = { maxBytes: config.mediaMaxBytes, deadlineMillis };
    const patience = { maxAttempts: 3, minDelayMillis: 500, maxDelayMillis: 4000, deadlineMillis };
    return retry(() => sender.load(media, limits), { ...patience, clock });
  }

  /** Stores it among the chat's files when those are kept; what cannot be had or stored stays as it came. */
  async keep(media: IncomingMedia): Promise<IncomingMedia> {
    if (!this.input.files.kept) return media;
    try {
      const { bytes, mimeType } = await this.load(media);
      const extension = extensionOf(mimeType) ?? extensionOf(media.mimeType ?? '');
      if (extension === undefined) return media;
      const file = await this.input.files.save(`in/${nameOf(media.id)}.${extension}`, bytes);
      return { ...media, file };
    } catch (error) {
      this.input.log.warn('medium_not_kept', { kind: media.kind, error: describeError(error) });
      return media;
    }
  }
}

/** Platform ids are file names as a rule. */
const nameOf = (id: string): string =>
  /^[\w-]{1,150}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
