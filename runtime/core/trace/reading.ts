import { describeError } from '../errors.ts';
import type { JsonRecord } from '../json.ts';

/** What was read, and what could not be seen. */
export interface Reading<T> {
  readonly value: T;
  /** Absent: all of it was seen. */
  readonly note?: string;
}

/** One line of a function's log. */
export interface LogEvidence {
  readonly atMillis: number;
  /** The kind of line, `worker_job_finished` for example. */
  readonly message: string;
  readonly fields: JsonRecord;
}

/** Fields of a log line, of which one must have one of the values. */
export type LineQuery = Readonly<Record<string, readonly string[]>>;

/** How reading one source went. */
export interface SourceReport<Source extends string = string> {
  readonly source: Source;
  /** `partial`: some of it could not be seen. `unread`: nothing; the trace may miss what stands there. */
  readonly status: 'read' | 'partial' | 'unread';
  /** Why, unless it was read. */
  readonly note?: string;
}

/** Reads sources one by one; one that fails is noted, and the others are read all the same. */
export class SourceReader<Source extends string> {
  private readonly reports = new Map<Source, SourceReport<Source>>();

  async read<T>(source: Source, fallback: T, read: () => Promise<T>): Promise<T> {
    try {
      const value = await read();
      if (!this.reports.has(source)) this.reports.set(source, { source, status: 'read' });
      return value;
    } catch (error) {
      this.reports.set(source, { source, status: 'unread', note: describeError(error) });
      return fallback;
    }
  }

  /** The same for a source that may see only a part. */
  async readSome<T>(source: Source, fallback: T, read: () => Promise<Reading<T>>): Promise<T> {
    const { value, note } = await this.read<Reading<T>>(source, { value: fallback }, read);
    if (note !== undefined && this.reports.get(source)?.status === 'read')
      this.reports.set(source, { source, status: 'partial', note });
    return value;
  }

  all(): SourceReport<Source>[] {
    return [...this.reports.values()];
  }
}
