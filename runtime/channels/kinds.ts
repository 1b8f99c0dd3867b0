import type { MessageKind } from './channel.ts';

/**
 * What becomes of each kind of message, in one place (contract bot §8, §9): `answered` and `noted` get a turn,
 * one that may reply and one that only stores; `ignored` gets none.
 */
export const KINDS: Readonly<Record<MessageKind, 'answered' | 'noted' | 'ignored'>> = {
  text: 'answered',
  image: 'answered',
  audio: 'answered',
  video: 'answered',
  document: 'answered',
  sticker: 'answered',
  interactive: 'answered',
  button: 'answered',
  callback: 'answered',
  location: 'answered',
  contacts: 'answered',
  order: 'answered',
  reaction: 'noted',
  system: 'noted',
  blocked: 'noted',
  edited: 'ignored',
  unsupported: 'ignored',
};
