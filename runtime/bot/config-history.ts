import { type EnvironmentReader, trimSlashes } from '../core/config.ts';

/** Where histories and files stand, and how long a history grows. */
export const readHistory = (env: EnvironmentReader) => ({
  historyPrefix: trimSlashes(env.text('HISTORY_S3_PREFIX') ?? 'history'),
  historyPromptMessages: env.integer('HISTORY_PROMPT_MESSAGES', 200, 1),
  historyStoreRaw: env.boolean('HISTORY_STORE_RAW', false),
  historyMaxMessages: env.integer('HISTORY_MAX_MESSAGES', 1000, 1),
  persistFiles: env.boolean('PERSIST_FILES_S3', false),
  filesPrefix: trimSlashes(env.text('FILES_S3_PREFIX') ?? 'files'),
  mediaMaxBytes: env.integer('MEDIA_MAX_BYTES', 20_971_520, 1),
});

/** Words of the original for one history a chat, and for one of all chats. */
const MODES: Readonly<Record<string, 'per_user' | 'shared'>> = {
  ...words('per_user', 'per_user,peruser,user,user_id,by_user'),
  ...words('shared', 'shared,global,all_users,allusers,aggregate,aggregated'),
};

const ROTATIONS: Readonly<Record<string, 'message_count' | 'time_period' | 'both'>> = {
  ...words('message_count', 'message_count,messages,count,max_messages'),
  ...words('time_period', 'time_period,period,time,age'),
  ...words('both', 'both,either'),
};

function words<W extends string>(meaning: W, list: string): Record<string, W> {
  return Object.fromEntries(list.split(',').map((word) => [word, meaning]));
}

/** Which history mode a word means (contract bot §3); undefined when it is none. */
export const historyModeOf = (word: string): 'per_user' | 'shared' | undefined => MODES[normalised(word)];

const normalised = (word: string) => word.trim().toLowerCase().replaceAll('-', '_');

/**
 * Checks how histories are kept. This release keeps one a chat: a bot that is told to share one refuses to run,
 * because what it wrote elsewhere meanwhile would be missing there later. By age nothing rotates: the file then
 * grows to its number of rows, and nothing is lost.
 */
export function checkHistoryMode(env: EnvironmentReader): void {
  const mode = env.text('HISTORY_MODE');
  const known = mode === undefined ? 'per_user' : historyModeOf(mode);
  if (known === undefined) env.warnings.push('HISTORY_MODE is not one of per_user, shared; using per_user');
  if (known === 'shared')
    env.faults.push('HISTORY_MODE is shared, which this release does not have: set it to per_user');
  const rotation = env.text('HISTORY_ROTATION');
  if (rotation === undefined || ROTATIONS[normalised(rotation)] === 'message_count') return;
  env.warnings.push(
    'HISTORY_ROTATION is not message_count, the only one in this release; using message_count',
  );
}
