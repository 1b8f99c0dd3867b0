/**
 * What `hookline/cli` offers: the commands as functions. Each prints what its command prints and resolves to
 * the exit code: 0 done, 1 tried and failed, 2 an option is wrong (contract bot §2).
 */
import { type ExitCode, run } from './run.ts';

/** Options by the names of the command line, in camel case: `dryRun` stands for `--dry-run`. */
interface ProjectOptions {
  /** The project's folder. Default: the working directory. */
  readonly dir?: string;
  /** The settings file, seen from the folder. Default `hookline.json`. */
  readonly config?: string;
  readonly project?: string;
  readonly region?: string;
}

export interface StartOptions extends Omit<ProjectOptions, 'config'> {
  readonly bot?: 'telegram' | 'whatsapp';
  readonly provider?: string;
  readonly model?: string;
  readonly overwrite?: boolean;
  readonly installDeps?: boolean;
  readonly runConfig?: boolean;
}

export interface UpdateOptions extends ProjectOptions {
  readonly bot?: 'telegram' | 'whatsapp';
  /** Settings for this run alone, by their dotted path. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly plan?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly quiet?: boolean;
}

export interface PullHistoryOptions extends ProjectOptions {
  /** The earlier spelling of `project`. */
  readonly name?: string;
  /** Chats; default: all. */
  readonly userId?: readonly string[];
  readonly dest?: string;
  readonly json?: boolean;
}

export interface DescribeOptions extends ProjectOptions {
  /** False: only what lies on this machine. */
  readonly aws?: false;
  readonly json?: boolean;
}

export interface RemoveOptions extends ProjectOptions {
  /** False: none. Default: a folder beside the project. */
  readonly backup?: string | false;
  /** Without it nothing is removed, unless somebody at the terminal says yes. */
  readonly yes?: boolean;
}

export const start = (options: StartOptions = {}): Promise<ExitCode> => command('start', options);

export const update = ({ set = {}, ...options }: UpdateOptions = {}): Promise<ExitCode> =>
  command('update', {
    ...options,
    set: Object.entries(set).map(([path, value]) => `${path}=${JSON.stringify(value)}`),
  });

export const pullHistory = (options: PullHistoryOptions = {}): Promise<ExitCode> =>
  command('pull-history', options);

export const describe = (options: DescribeOptions = {}): Promise<ExitCode> => command('describe', options);

export const listProjects = (options: { readonly region?: string; readonly json?: boolean } = {}) =>
  command('list', options);

export const removeProject = (options: RemoveOptions = {}): Promise<ExitCode> => command('remove', options);

const command = (name: string, options: object): Promise<ExitCode> =>
  run(['bot', name, ...argumentsOf(options)]);

/** `{ dryRun: true, backup: false, set: ['a=1'] }` → `--dry-run --no-backup --set=a=1`. */
export function argumentsOf(options: object): readonly string[] {
  return Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (value === undefined) return [];
    if (value === true) return [`--${flag}`];
    if (value === false) return HAS_NO.has(flag) ? [`--no-${flag}`] : [];
    return (Array.isArray(value) ? value : [value]).map((each) => `--${flag}=${each}`);
  });
}

/** Options that are on unless they are turned off. */
const HAS_NO: ReadonlySet<string> = new Set(['aws', 'backup']);
