export const EXECUTION_STATES = [
  'PENDING',
  'DISPATCHED',
  'RUNNING',
  'SUCCEEDED',
  'PARTIAL',
  'REJECTED',
  'ERRORED',
  'STALE',
  'RETRY_WAIT',
  'DEAD',
] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

export type ExecutionTarget = 'local' | 'lambda';

/** A file of an execution: the own one or a recorded parent. */
export interface FileReference {
  readonly sourceExecutionId: string;
  readonly filename: string;
}

export interface InputFile extends FileReference {
  readonly sizeBytes?: number;
  /** Lower-case hexadecimal. */
  readonly sha256?: string;
}

/** What the processing found. */
export interface ExecutionCounts {
  readonly records: number;
  readonly errors: number;
  readonly warnings: number;
  readonly messages: number;
}

/**
 * The record of an execution (contract files §2). Stored under the same names in snake_case (`execution_id`); times
 * are ISO 8601 in UTC with milliseconds. A new one is PENDING with attempt 0.
 */
export interface ExecutionRecord {
  /** Version of the record's form, now 1. */
  readonly v: number;
  readonly executionId: string;
  readonly state: ExecutionState;
  /** Grows with each DISPATCHED and nowhere else. */
  readonly attempt: number;
  /** 0 without a second region. */
  readonly epoch: number;
  readonly createdAt: string;
  /** Of the last transition; a heartbeat does not change it. */
  readonly updatedAt: string;
  readonly inputs: readonly InputFile[];
  /** Executions besides its own whose files it may read. */
  readonly parents: readonly string[];
  readonly yamlRef?: FileReference;
  readonly yamlSha256?: string;
  readonly inputSha256?: readonly string[];
  /** Choices of the event (package, locale, delimiters), carried to each dispatch. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Higher goes first; default 0. */
  readonly priority?: number;
  readonly target?: ExecutionTarget;
  /** Why this target, or why the execution ended. */
  readonly reason?: string;
  readonly ownerId?: string;
  readonly heartbeatAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly nextRetryAt?: string;
  readonly errorClass?: string;
  readonly errorId?: string;
  readonly retryable?: boolean;
  readonly counts?: ExecutionCounts;
  /** File name, within the execution, of the manifest that readers follow. */
  readonly manifestKey?: string;
  /** When the copy to the plain names was complete. */
  readonly publishedAt?: string;
  readonly cancelRequestedAt?: string;
  readonly codeVersion?: string;
  readonly region?: string;
  /** Marks the last write, so that a repeated one is known. */
  readonly writeId?: string;
}

/** What intake knows of a new execution. */
export type NewExecution = Pick<ExecutionRecord, 'executionId'> &
  Partial<
    Pick<
      ExecutionRecord,
      | 'inputs'
      | 'parents'
      | 'yamlRef'
      | 'yamlSha256'
      | 'inputSha256'
      | 'options'
      | 'priority'
      | 'codeVersion'
      | 'region'
    >
  >;
