import type { LogEvidence } from '../../core/trace/reading.ts';

/** Numbers the runs of the worker in the order of their first lines; a run is known by its `attempt`. */
export function attemptNumbers(lines: readonly LogEvidence[]): (attempt: unknown) => number | undefined {
  const numbers = new Map<unknown, number>();
  for (const { fields } of lines)
    if (fields.attempt !== undefined && !numbers.has(fields.attempt))
      numbers.set(fields.attempt, numbers.size + 1);
  return (attempt) => numbers.get(attempt);
}
