import type { Media } from './entry.ts';

/** Who works a staged message: the worker, or the webhook and the sweeper themselves (contract replies §3.1). */
export const ROUTES = ['channel', 'human', 'opted_out'] as const;
export type Route = (typeof ROUTES)[number];

/** A message that waits for its turn: one row of the stage table (contract replies §4.4). */
export interface StagedRow {
  readonly conversationId: string;
  readonly messageSid: string;
  /** Equal to the record's key. */
  readonly primaryChannel: string;
  /** UTC with milliseconds. */
  readonly receivedAt: string;
  /** Orders rows of the same moment; absent in hand-made rows. */
  readonly receivedSeq: string | undefined;
  /** May be empty. */
  readonly body: string;
  readonly media: readonly Media[];
  readonly location: StagedLocation | undefined;
  readonly button: StagedButton | undefined;
  readonly profileName: string | undefined;
  readonly waId: string | undefined;
  readonly replyToSid: string | undefined;
  readonly route: Route;
  /** When the sweeper looks at it, epoch seconds; absent in hand-made rows. */
  readonly dueAtSeconds: number | undefined;
  /** When the sweeper last triggered it. */
  readonly sweptAt: string | undefined;
  readonly traceparent: string | undefined;
}

export interface StagedLocation {
  readonly latitude: string;
  readonly longitude: string;
  readonly address: string | undefined;
  readonly label: string | undefined;
}

export interface StagedButton {
  readonly text: string;
  readonly payload: string | undefined;
}
