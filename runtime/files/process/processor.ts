import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../../core/clock.ts';
import { FilesError } from '../errors.ts';
import type { Locale } from '../messages.ts';
import type { Source } from '../read/types.ts';
import type { Delivery as Sender } from '../report/build-report.ts';
import { OutputSink } from '../report/output-sink.ts';
import { loadSpec } from '../spec/load.ts';
import type { Problem, Spec } from '../spec/types.ts';
import type { Progress } from './catalog-run.ts';
import { fileSource, type LocalFile } from './file-source.ts';
import type { ProcessResult } from './result.ts';
import { type RunLimits, runDelivery } from './run-delivery.ts';
import type { RunSink } from './sink.ts';
import { SpecInvalidError } from './spec-invalid.ts';

export interface FileProcessorOptions {
  /** The specification as a YAML file, or `spec`: read already by `loadSpec`. */
  readonly yamlPath?: string;
  readonly spec?: Spec;
  /** Inputs are taken from its folder `in`, outputs go to its folder `out`, which is emptied first. */
  readonly executionDir: string;
  /** Default: the name of the folder. */
  readonly executionId?: string;
  /** Paths, files or streams. Default: the files in `in`; without that folder those beside the specification. */
  readonly inputs?: readonly (string | LocalFile | Source)[];
  /** Id of a package or catalog; default: by kind and name (contract files §4.2). */
  readonly select?: string;
  /** Delimiters by id of catalog, instead of the specification's. */
  readonly delimiters?: Readonly<Record<string, string>>;
  /** Default `es`. */
  readonly locale?: Locale;
  readonly limits?: Partial<RunLimits>;
  /** Looked at once per MiB; its reason is thrown. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Who sent the delivery, for the reports. */
  readonly sender?: Sender;
  /** Default: the files of contract files §7 in `out`. */
  readonly sink?: RunSink;
  readonly clock?: Clock;
}

/**
 * Checks deliveries against a specification (contract files §3.5). A faulty delivery is a result; thrown are
 * SpecInvalidError, a FilesError for files or settings that cannot be used, and the reason of the signal.
 */
export class FileProcessor {
  constructor(private readonly options: FileProcessorOptions) {}

  async process(): Promise<ProcessResult> {
    const { inputs, select } = this.options;
    return this.#run(await this.#sources(inputs ?? (await this.#defaultInputs())), select);
  }

  /** Processes one file as a package or catalog. Answers the exact counts of errors and warnings. */
  async processFile(file: string, name: string): Promise<readonly [errors: number, warnings: number]> {
    const { counts } = await this.#run(await this.#sources([file]), name);
    return [counts.errors, counts.warnings];
  }

  async #run(inputs: readonly Source[], wanted: string | undefined): Promise<ProcessResult> {
    const {
      executionDir,
      locale = 'es',
      signal,
      onProgress,
      limits = {},
      clock = systemClock,
    } = this.options;
    const { spec, problems } = await this.#spec();
    await mkdir(executionDir, { recursive: true });
    const scratch = await mkdtemp(path.join(executionDir, '.scratch-'));
    const sink = this.options.sink ?? (await this.#outputs(locale));
    try {
      return await runDelivery({
        spec: withDelimiters(spec, this.options.delimiters ?? {}),
        problems,
        inputs,
        wanted,
        executionId: this.options.executionId ?? path.basename(path.resolve(executionDir)),
        locale,
        limits,
        clock,
        sink,
        scratch,
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      });
    } finally {
      await sink.close();
      await rm(scratch, { recursive: true, force: true });
    }
  }

  async #spec(): Promise<{ spec: Spec; problems: readonly Problem[] }> {
    const { spec: given, yamlPath } = this.options;
    if (given) return { spec: given, problems: [] };
    const text = await readFile(yamlPath ?? '', 'utf8').catch((error: unknown) => {
      const filename = path.basename(yamlPath ?? '');
      throw new FilesError('INPUT_NOT_FOUND', 'permanent', { file: filename }, { cause: error });
    });
    const { spec, problems } = loadSpec(text);
    if (!spec) throw new SpecInvalidError(problems);
    return { spec, problems };
  }

  async #outputs(locale: Locale): Promise<RunSink> {
    const folder = path.join(this.options.executionDir, 'out');
    await rm(folder, { recursive: true, force: true });
    const { sender } = this.options;
    return new OutputSink({ folder, locale, ...(sender && { delivery: sender }) });
  }

  #sources(inputs: readonly (string | LocalFile | Source)[]): Promise<readonly Source[]> {
    return Promise.all(
      inputs.map((input) => {
        if (typeof input === 'string') return fileSource({ path: input });
        return 'bytes' in input ? input : fileSource(input);
      }),
    );
  }

  async #defaultInputs(): Promise<readonly string[]> {
    const { executionDir, yamlPath } = this.options;
    const folder = path.join(executionDir, 'in');
    const isThere = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const from = isThere ? folder : executionDir;
    const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(from, name));
    const document = yamlPath === undefined ? '' : path.resolve(yamlPath);
    return files.filter((file) => path.resolve(file) !== document).sort();
  }
}

function withDelimiters(spec: Spec, delimiters: Readonly<Record<string, string>>): Spec {
  if (Object.keys(delimiters).length === 0) return spec;
  const catalogs = [...spec.catalogs].map(([id, catalog]) => {
    const delimiter = Object.hasOwn(delimiters, id) ? delimiters[id] : undefined;
    return [id, delimiter ? { ...catalog, format: { ...catalog.format, delimiter } } : catalog] as const;
  });
  return { ...spec, catalogs: new Map(catalogs) };
}

export type { Progress } from './catalog-run.ts';
export type { LocalFile } from './file-source.ts';
export type { RunLimits } from './run-delivery.ts';
export { SpecInvalidError } from './spec-invalid.ts';
