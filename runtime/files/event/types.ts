import type { InvocationMode } from '../config.ts';
import type { Locale } from '../messages.ts';
import type { FileReference } from '../store/execution-record.ts';

/** How a delivery may have come (contract files §2). */
export const SENDING_METHODS = ['email', 'sftp', 'direct_upload', 'portal_upload', 'api'] as const;
export type SendingMethod = (typeof SENDING_METHODS)[number];

/** What an event or a record may choose (contract files §3.4), under the names that it has there. */
export interface RunOptions {
  /** Package or catalog of the specification. */
  readonly package?: string;
  readonly locale?: Locale;
  /** Catalog id → delimiter that replaces the specification's. */
  readonly delimiters?: Readonly<Record<string, string>>;
  /** Who sent the delivery and how, for the reports. */
  readonly casilla_id?: number;
  readonly emisor_id?: number;
  readonly metodo_envio?: SendingMethod;
}

/** A valid event. */
export interface RunEvent {
  readonly executionId: string;
  /** Text of the specification, or where it lies. */
  readonly yaml: { readonly text: string } | { readonly ref: FileReference };
  /** The inputs, or the file that lists them. */
  readonly inputs: readonly FileReference[] | { readonly ref: FileReference };
  /** Undefined for a direct call, which makes the record itself. */
  readonly attempt: number | undefined;
  readonly options: RunOptions;
  readonly invocation: InvocationMode | undefined;
  /** W3C `traceparent`. */
  readonly trace: string | undefined;
}

/** What is wrong with an event: a JSON path, and what the value must be. Never the value itself. */
export interface EventProblem {
  readonly path: string;
  readonly message: string;
}

export type EventResult =
  | { readonly event: RunEvent; readonly problems?: undefined }
  | {
      readonly event?: undefined;
      readonly problems: readonly [EventProblem, ...EventProblem[]];
      /** Of an event that names an execution all the same. */
      readonly executionId: string | undefined;
    };
