import type { StandStack } from '../deployment.ts';

/** What the names of the deployment begin with: `hookline files … --name`. */
export const CHECKER_NAME = 'hookline-local-files';

/** Its functions' names, as `modules/files` makes them of the name. */
export const CHECKER_FUNCTIONS = {
  processor: `${CHECKER_NAME}-file-processor`,
  detector: `${CHECKER_NAME}-detector`,
} as const;

/** The stack of the checking of files. */
export const CHECKER_STACK: StandStack = { name: 'files', functions: Object.values(CHECKER_FUNCTIONS) };

export const ENVIRONMENT = 'dev';
export const LOCK_TTL_SECONDS = 30;

/** The stack's inputs, in the settings file's words: short times, and nothing that holds an emulator back. */
export const checkerSettings = () => ({
  name: CHECKER_NAME,
  environment_name: ENVIRONMENT,
  architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
  deletion_protection: false,
  reserved_concurrency: null,
  lock_ttl_seconds: LOCK_TTL_SECONDS,
  max_event_age_seconds: 60,
  timeout_seconds: 180,
});
