import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ChatFiles } from './chat-files.ts';

/** Chats whose scratch copies wait for a repetition; another container may have it, and nobody comes for them. */
const MAX_CHATS = 8;

/** Scratch copies of failed turns, by chat, the oldest first. */
export type WaitingFiles = Map<string, ChatFiles>;

/**
 * What becomes of a failed turn's scratch copies: they go, unless the turn may come back and would find them
 * nowhere else. Of those only a few chats' stay. Never throws.
 */
export async function leaveFiles(
  files: ChatFiles,
  chatId: string,
  { waitingFiles, log }: { readonly waitingFiles: WaitingFiles; readonly log: Log },
  isLastAttempt: boolean,
): Promise<void> {
  try {
    waitingFiles.delete(chatId);
    if (files.kept || isLastAttempt) return await files.discard();
    waitingFiles.set(chatId, files);
    const [oldest] = waitingFiles;
    if (!oldest || waitingFiles.size <= MAX_CHATS) return;
    waitingFiles.delete(oldest[0]);
    await oldest[1].discard();
  } catch (error) {
    log.error('journal_cleanup_failed', { what: 'remove scratch files', error: describeError(error) });
  }
}
