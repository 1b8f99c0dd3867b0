import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NotReplayableError } from '../../runtime/bot/replay/recording.ts';
import { type ReplayOptions, replayTurn } from '../../runtime/bot/replay/replay.ts';
import type { StoredHistory } from '../../runtime/bot/stored-history.ts';
import type { ReplayView } from './views.ts';

/** An agent on this machine that replays ask in place of the recorded reply. */
export type GivenAgent = Pick<ReplayOptions, 'agent' | 'getKey'>;

/** Replays say what was said. */
export const NO_AGENT: GivenAgent = { agent: undefined, getKey: () => undefined };

/** A recorded turn, decided again. Throws `NotReplayableError`. */
export async function replayView(
  stored: StoredHistory | undefined,
  chatId: string,
  eventId: string,
  options: Omit<ReplayOptions, 'tmpDir'>,
): Promise<ReplayView> {
  if (!stored) throw new NotReplayableError(`Chat ${chatId} has no history.`);
  const tmpDir = await mkdtemp(path.join(tmpdir(), 'hookline-replay-'));
  try {
    const { atSeconds, ...replay } = await replayTurn(stored, eventId, { ...options, tmpDir });
    const at = new Date(atSeconds * 1000).toISOString();
    return { ...replay, at, agent: options.agent ? 'given' : 'recorded' };
  } finally {
    await rm(tmpDir, { recursive: true, force: true });
  }
}
