import path from 'node:path/posix';

/** Folder of an attempt: nobody else writes there (contract files §3.2). */
export const attemptFolder = (attempt: number, ownerId: string): string => `attempts/${attempt}-${ownerId}`;

export const MANIFEST = 'manifest.json';
/** The whole result, for events that come again. */
export const RESULT = 'result.json';
export const ERROR_LOG = 'error.log';

/** The result beside a manifest. */
export const resultBeside = (manifestKey: string): string => `${path.dirname(manifestKey)}/${RESULT}`;
