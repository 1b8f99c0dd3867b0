/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const millis = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;

export const ratio = (value: number, floor: number): string => `${(value / floor).toFixed(2)} ×`;

export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} KB`;

export const dollars = (value: number): string => `$${value.toFixed(2)}`;

/** Milliseconds of one run. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs the variants in turn, so that a change of the machine's mood meets all of them alike. */
export async function interleaved<Name extends string>(
  rounds: number,
  variants: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(variants) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++)
    for (const name of names) times[name].push(await variants[name]());
  return times;
}
