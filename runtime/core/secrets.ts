import type { Clock } from './clock.ts';
import { type Environment, EnvironmentReader } from './config.ts';
import { parseDotenv } from './dotenv.ts';

/** The environment with the SSM `.env` behind it (contract bot §4). */
export interface EnvironmentSource {
  /** Real variables win. Reads the parameter once, then again when the refresh interval has passed. */
  load(): Promise<Environment>;
}

export interface SsmEnvironmentOptions {
  /** The real environment; `ENV_PARAMETER_NAME` names the parameter, `ENV_REFRESH_SECONDS` the interval. */
  readonly environment: Environment;
  /** Resolves to the `.env` text. */
  readonly readParameter: (name: string) => Promise<string>;
  readonly clock: Clock;
  /** Told when a refresh failed and older values serve on. */
  readonly onStale?: (error: unknown) => void;
}

/** Values of the last good read serve up to this many intervals. */
const STALE_INTERVALS = 10;
const DEFAULT_REFRESH_SECONDS = 300;

/** How often what lies outside is asked for again: `ENV_REFRESH_SECONDS` of the real environment; 0 = once. */
export const refreshMillisOf = (real: EnvironmentReader): number =>
  real.integer('ENV_REFRESH_SECONDS', DEFAULT_REFRESH_SECONDS) * 1000;

/**
 * Reads at most once in `ENV_REFRESH_SECONDS` (default 300; 0 = once). A failed first read throws, and the next
 * `load` tries again; a failed refresh keeps the last good values for ten intervals, then throws.
 */
export function ssmEnvironment(options: SsmEnvironmentOptions): EnvironmentSource {
  const { environment, readParameter, clock } = options;
  const reader = new EnvironmentReader(environment);
  const parameterName = reader.text('ENV_PARAMETER_NAME');
  if (!parameterName) return { load: async () => environment };
  const refreshMillis = refreshMillisOf(reader);
  let good:
    | { readonly text: string; readonly merged: Environment; readonly readAtMillis: number }
    | undefined;
  let triedAtMillis = 0;

  const read = async () => {
    triedAtMillis = clock.nowMillis();
    const text = await readParameter(parameterName);
    // The same text is the same environment: whoever made things from it keeps them.
    const merged = text === good?.text ? good.merged : { ...parseDotenv(text), ...environment };
    good = { text, merged, readAtMillis: triedAtMillis };
    return good.merged;
  };

  return {
    async load() {
      if (!good) return read();
      const now = clock.nowMillis();
      const isStale = now - good.readAtMillis > STALE_INTERVALS * refreshMillis;
      if (refreshMillis === 0 || (!isStale && now - triedAtMillis < refreshMillis)) return good.merged;
      try {
        return await read();
      } catch (error) {
        if (isStale) throw error;
        options.onStale?.(error);
        return good.merged;
      }
    },
  };
}
