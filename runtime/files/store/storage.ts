/** What a write puts beside the bytes. */
export interface WriteOptions {
  /** Attempt that writes; stored as metadata `sage-attempt`. Default: none. */
  readonly attempt?: number;
  /** Default: by the name's extension. */
  readonly contentType?: string;
  /** Refuses with `FileExistsError` when the file is there. Default false. */
  readonly ifAbsent?: boolean;
  /** Stops the write with the signal's reason; nothing of it stays. */
  readonly signal?: AbortSignal;
}

/** What was written; both figures are those of the plain bytes, also where they are stored compressed. */
export interface WrittenFile {
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface FileStat extends WrittenFile {
  /** Changes with the content; opaque. */
  readonly etag: string;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/**
 * Files of executions (contract files §3.1), with the same results in S3 and on a disk. `fileName` is relative to the
 * execution and may have folders. Every method throws `InvalidPathError` before any I/O for a bad id or name,
 * `NotFoundError`, `AccessError`, `TransientStorageError` and their like (`errors.ts`), never an SDK's error.
 */
export interface StorageAdapter {
  /** Replaces the file as a whole. */
  writeFile(
    executionId: string,
    fileName: string,
    content: Uint8Array,
    options?: WriteOptions,
  ): Promise<WrittenFile>;
  readFile(executionId: string, fileName: string): Promise<Uint8Array>;
  /** As `writeFile`, with two or three parts of 8 MiB in memory at the most. When `content` fails nothing stays. */
  writeStream(
    executionId: string,
    fileName: string,
    content: AsyncIterable<Uint8Array>,
    options?: WriteOptions,
  ): Promise<WrittenFile>;
  /** A broken read goes on where it stopped; a file that changed meanwhile is `FileChangedError`. */
  readStream(executionId: string, fileName: string, options?: ReadOptions): AsyncIterable<Uint8Array>;
  /** Names of the files, also in folders, in the order of their UTF-8 bytes; of one folder when it is given. */
  listFiles(executionId: string, folder?: string): AsyncIterable<string>;
  /** Where the hash was not stored with the file (it was written in parts), the file is read once for it. */
  stat(executionId: string, fileName: string): Promise<FileStat>;
  exists(executionId: string, fileName: string): Promise<boolean>;
  /** Within one execution; replaces what stands at `toName`. */
  copy(executionId: string, fromName: string, toName: string): Promise<void>;
  /** Deleting what is not there is fine. */
  delete(executionId: string, fileName: string): Promise<void>;
  /** An address that reads the file without credentials: for S3 for that long, on a disk a `file:` address. */
  presign(executionId: string, fileName: string, lifeSeconds: number): Promise<string>;
}
