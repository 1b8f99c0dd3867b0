import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { CheckedDelivery } from '../after-run.ts';
import type { Locale } from '../messages.ts';
import type { OutputFile, ProcessResult } from '../process/result.ts';
import type { Delivery } from '../report/build-report.ts';
import type { ExecutionLock } from '../store/execution-lock.ts';
import type { ExecutionRecord, ExecutionTarget } from '../store/execution-record.ts';
import type { ExecutionStore, Finished } from '../store/execution-store.ts';
import type { FilesMetrics } from '../store/metrics.ts';
import type { StorageAdapter } from '../store/storage.ts';

/** What the processor is given: files in a folder of its own. */
export interface ProcessInput {
  readonly executionId: string;
  readonly yamlPath: string;
  /** Everything that it leaves in the folder `out` below this one is stored. */
  readonly executionDir: string;
  readonly inputs: readonly LocalInput[];
  /** Package or catalog of the specification. */
  readonly select?: string;
  /** Catalog id → delimiter that replaces the specification's. */
  readonly delimiters?: Readonly<Record<string, string>>;
  readonly locale: Locale;
  /** Who sent the delivery, for the reports. */
  readonly sender?: Delivery;
  /** Looked at between chunks. */
  readonly signal: AbortSignal;
}

export interface LocalInput {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** Checks a delivery. Throws `SpecInvalidError` for a specification that cannot be used. */
export type Processor = (input: ProcessInput) => Promise<ProcessResult>;

/** Manifests of attempts, and the copy of the published one to the plain names (contract files §3.2). */
export interface Publication {
  /** Writes the manifest of an attempt, once, after all its files. Returns its file name. */
  seal(record: ExecutionRecord, ownerId: string, sealed: Sealed): Promise<string>;
  /** What the manifest of the record's own attempt and owner says; undefined where it left none. */
  sealedBy(record: ExecutionRecord): Promise<Finished | undefined>;
  /** Copies the files of the record's manifest to the plain names and notes it. May be repeated. */
  publish(record: ExecutionRecord): Promise<void>;
}

/** What an attempt found, and the files that it left. */
export interface Sealed extends Omit<Finished, 'manifestKey'> {
  readonly outputs: readonly OutputFile[];
  /** For events that come again. */
  readonly result: unknown;
  /** Of the specification. */
  readonly configSha256: string;
}

/** What a run works with, in Lambda and on a host alike. */
export interface RunPorts {
  readonly storage: StorageAdapter;
  readonly lock: ExecutionLock;
  readonly store: ExecutionStore;
  readonly publication: Publication;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: FilesMetrics;
  readonly process: Processor;
  /** The step after a delivery without errors, its secrets at hand. */
  readonly afterRun?: (checked: CheckedDelivery, signal: AbortSignal) => Promise<void>;
  readonly target: ExecutionTarget;
  /** Default of executions that do not say. */
  readonly locale: Locale;
  /** Where runs have their folders, for example `/tmp/sage`. */
  readonly temporaryFolder: string;
  /** Free bytes below it. */
  readonly freeBytes: () => Promise<number>;
  readonly newId: () => string;
}
