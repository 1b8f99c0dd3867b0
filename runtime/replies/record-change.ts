/** What an update does to a record: paths as in `pending_turn.parts[0].sid`, values as plain data. */
export interface RecordChange {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Added to numbers; absent ones count as 0. */
  readonly add?: Readonly<Record<string, number>>;
}
