import { existsSync } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import { type Environment, EnvironmentReader } from '../core/config.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { refreshMillisOf } from '../core/secrets.ts';
import { TokenFiles } from './token-files.ts';
import { readTokenSettings, type TokenSettings, tokensKnownWithoutParameter } from './token-settings.ts';

export interface WorkerTokenPorts {
  /** The real environment, without the parameter. */
  readonly real: Environment;
  openStore(bucket: string): ObjectStore;
  /** Puts a variable where libraries look for it. */
  setVariable(name: string, value: string): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A worker's token files and the variables that name them (contract bot §3, §4.4, §4.5). */
export interface WorkerTokens {
  /** To be called beside the reading of the parameter; does nothing when that may still change the settings. */
  prepare(): Promise<void>;
  /** Brings the files up to date; resolves to the environment with the variables that name them. */
  bring(environment: Environment): Promise<Environment>;
  /** Stores what the agent changed, where that is asked for. Never throws. */
  writeBack(): Promise<void>;
}

export function workerTokens(ports: WorkerTokenPorts): WorkerTokens {
  const { real, clock, log, openStore } = ports;
  const refreshMillis = refreshMillisOf(new EnvironmentReader(real));
  const packageRoot = real.LAMBDA_TASK_ROOT ?? '.';
  const files = new TokenFiles({ openStore, clock, log, packageRoot, refreshMillis });
  // Settings are read again whenever the parameter was; what is wrong with them is said once.
  const once = onlyOnce();
  const complain = ({ warnings, rejected }: TokenSettings) => {
    for (const warning of warnings) once(warning, () => log.warn('configuration_warning', { warning }));
    if (rejected > 0) once('', () => log.warn('token_file_name_rejected', { entries: rejected }));
  };
  let current: { readonly of: Environment; readonly settings: TokenSettings } | undefined;
  const settingsOf = (environment: Environment) => {
    if (current?.of !== environment) current = { of: environment, settings: readTokenSettings(environment) };
    return current.settings;
  };
  return {
    async prepare() {
      if (tokensKnownWithoutParameter(real)) await files.fetch(readTokenSettings(real));
    },
    async bring(environment) {
      const settings = settingsOf(environment);
      complain(settings);
      await files.fetch(settings);
      for (const [name, path] of Object.entries(settings.variables)) {
        once(name, () => {
          if (!existsSync(path)) log.warn('token_variable_without_file', { variable: name });
          ports.setVariable(name, path);
        });
      }
      return { ...environment, ...settings.variables };
    },
    async writeBack() {
      if (current?.settings.writeBack) await files.writeBack();
    },
  };
}

/** Runs a step once for each word. */
function onlyOnce() {
  const done = new Set<string>();
  return (word: string, step: () => void) => {
    if (!done.has(word)) step();
    done.add(word);
  };
}
