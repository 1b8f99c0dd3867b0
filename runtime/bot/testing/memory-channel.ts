import type { Channel, IncomingMedia, OutgoingPart } from '../../channels/channel.ts';
import { HooklineError } from '../../core/errors.ts';

/** What the user's screen shows. */
export interface Shown {
  readonly part: OutgoingPart;
  readonly messageId: string;
}

/** A platform that takes everything and shows it. */
export class MemoryChannel implements Channel {
  readonly settlesLater = false;
  readonly typing = { everySeconds: 3600, shownByIngress: true };
  readonly shown: Shown[] = [];
  private readonly files = new Map<string, { readonly bytes: Uint8Array; readonly mimeType: string }>();

  async send(part: OutgoingPart): Promise<string> {
    const messageId = String(1000 + this.shown.length);
    this.shown.push({ part, messageId });
    return messageId;
  }

  /** Keeps what the user sends, as the platform does; gives its id. */
  keep(bytes: Uint8Array, mimeType: string): string {
    const id = `media-${this.files.size + 1}`;
    this.files.set(id, { bytes, mimeType });
    return id;
  }

  async load({ id }: IncomingMedia) {
    const file = this.files.get(id);
    if (!file) throw new HooklineError(`There is no medium ${id}`, 'permanent');
    return file;
  }

  async react(): Promise<void> {}

  async showTyping(): Promise<void> {}
}
