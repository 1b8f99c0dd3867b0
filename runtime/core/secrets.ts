import type { Environment } from './config.ts';

/** The environment with the SSM `.env` behind it (contract bot §4). */
export interface EnvironmentSource {
  /** Real variables win. Reads the parameter once, then again when the refresh interval has passed. */
  load(): Promise<Environment>;
}
