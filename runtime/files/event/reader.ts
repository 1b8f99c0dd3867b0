import { isRecord, type JsonRecord } from '../../core/json.ts';
import type { FileReference } from '../store/execution-record.ts';
import { checkedExecutionId, checkedFileName } from '../store/paths.ts';
import type { EventProblem } from './types.ts';

/** Reads values of an event and collects everything that is wrong with them. */
export class EventReader {
  readonly problems: EventProblem[] = [];

  fault(path: string, message: string): undefined {
    this.problems.push({ path, message });
    return undefined;
  }

  record(value: unknown, path: string): JsonRecord | undefined {
    return isRecord(value) ? value : this.fault(path, 'must be an object');
  }

  text(value: unknown, path: string): string | undefined {
    if (value === undefined) return this.fault(path, 'is missing');
    return typeof value === 'string' ? value : this.fault(path, 'must be a text');
  }

  /** Undefined where it is absent, too. */
  optional<T>(value: unknown, read: (value: unknown) => T | undefined): T | undefined {
    return value === undefined || value === null ? undefined : read(value);
  }

  executionId(value: unknown, path: string): string | undefined {
    return this.checked(value, path, checkedExecutionId);
  }

  /** A reference without its source means the execution's own file. */
  reference(value: unknown, path: string, ownId: string | undefined): FileReference | undefined {
    const record = this.record(value, path);
    if (!record) return undefined;
    const { source_execution_id: source } = record;
    // Where the own id is a problem itself, that one is enough.
    const sourceExecutionId =
      source === undefined ? (ownId ?? '') : this.executionId(source, `${path}.source_execution_id`);
    const filename = this.checked(record.filename, `${path}.filename`, checkedFileName);
    return sourceExecutionId === undefined || filename === undefined
      ? undefined
      : { sourceExecutionId, filename };
  }

  choice<W extends string>(value: unknown, path: string, words: readonly W[]): W | undefined {
    const word = words.find((candidate) => candidate === value);
    return word ?? this.fault(path, `must be one of ${words.join(', ')}`);
  }

  private checked(value: unknown, path: string, check: (text: string) => string): string | undefined {
    const text = this.text(value, path);
    if (text === undefined) return undefined;
    try {
      return check(text);
    } catch (error) {
      return this.fault(path, `is not allowed: ${reasonOf(error)}`);
    }
  }
}

/** Of an `InvalidPathError`, whose reason holds nothing of the value. */
const reasonOf = (error: unknown): string =>
  String((error as { readonly values?: { readonly reason?: unknown } }).values?.reason ?? 'a bad name');
