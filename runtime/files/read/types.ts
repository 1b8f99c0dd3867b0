import type { FilesCode } from '../messages.ts';
import type { MessageValues } from '../spec/types.ts';

/** What the readers take and give (contract files §4.3). */

/** A delivery or one member of it. `bytes` may be called again: every call starts at the first byte. */
export interface Source {
  /** The file's name as it was delivered: it decides the kind and is quoted in messages. */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
  readonly sizeBytes?: number;
  /** The same bytes as a local file. XLSX and ZIP need random access: without it they are copied first. */
  readonly path?: string;
}

export interface ReadOptions {
  /** Looked at once per MiB read; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called once per MiB and at the end with the bytes of the source that are read so far. */
  readonly onProgress?: (bytes: number) => void;
  /** A folder of the run's own, for XLSX and ZIP sources without a `path` and for large string tables. */
  readonly scratch?: string;
}

/** A cell as it stands in the file; null where it is absent or one of the format's null values. */
export type Cell = string | null;

/** A fault of the file's form. `values` and `line` fill the text of `code`. */
export interface ReadProblem {
  readonly code: FilesCode;
  readonly severity: 'error' | 'warning';
  /** The physical line of the fault, from 1; 0 where the fault is the whole file's. */
  readonly line: number;
  readonly values: MessageValues;
  /** The raw cells of a record that is refused because of this: it is in no batch's `rows`. */
  readonly row?: readonly string[];
}

/** About 1,000 rows. Problems of a row come with or before its batch, those of the whole file as soon as known. */
export interface TableBatch {
  /** Aligned to the catalog's fields. A cell may hold on to the 64 KiB that it was cut from: copy what is kept. */
  readonly rows: readonly (readonly Cell[])[];
  /** The physical first line of each row, from 1. */
  readonly lines: ArrayLike<number>;
  readonly problems: readonly ReadProblem[];
}
