import type { Block, HistoryRow } from './agent.ts';

/** Values by key. */
export type Variables = Readonly<Record<string, unknown>>;

/** A block that sets a variable and sends nothing (contract bot §2). */
export const isVariable = (block: Block): block is Block & { readonly key: string } =>
  block.type === 'variable' && typeof block.key === 'string';

/** What the rows' variable blocks have set, the newest of a key, over the values to begin with. */
export function variablesOf(rows: readonly HistoryRow[], initial: Variables = {}): Variables {
  const set = rows.flatMap(({ blocks }) => blocks.filter(isVariable).map(({ key, value }) => [key, value]));
  return { ...initial, ...Object.fromEntries(set) };
}
