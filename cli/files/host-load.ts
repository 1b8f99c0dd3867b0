import type { SystemLoad } from '../../runtime/files/orchestrate/decide.ts';

/** Where the figures come from; all since the start of the host or the process. */
export interface HostPorts {
  /** Milliseconds that each CPU was busy and idle, as `os.cpus()` has them. */
  readonly cpus: () => readonly { readonly times: Readonly<Record<string, number>> }[];
  /** Milliseconds of CPU that this process and its threads have used. */
  readonly ownMillis: () => number;
  /** Mean number of running processes over the last minute. */
  readonly loadAverage: () => number;
  readonly memory: () => { readonly freeBytes: number; readonly totalBytes: number };
}

/** What a mean is taken over (contract files §3.3). */
const WINDOW_MILLIS = 60_000;

interface Sample {
  readonly idle: number;
  readonly total: number;
  readonly own: number;
}

/**
 * The host's load since the last call that is at least a minute old, without what the own workers use. Before the
 * first minute is over, when they have hardly worked, the host's own mean of a minute stands for it.
 */
export function hostLoad(ports: HostPorts, nowMillis: () => number): () => SystemLoad {
  let samples = [{ ...sample(ports), atMillis: nowMillis() }];
  return () => {
    const now = { ...sample(ports), atMillis: nowMillis() };
    const oldEnough = samples.filter(({ atMillis }) => now.atMillis - atMillis >= WINDOW_MILLIS);
    const since = oldEnough.at(-1);
    samples = [...(since ? samples.slice(samples.indexOf(since)) : samples), now];
    const { freeBytes, totalBytes } = ports.memory();
    return {
      cpu_percent: since ? busyPercent(since, now) : averagePercent(ports),
      memory_percent: percent(totalBytes - freeBytes, totalBytes),
    };
  };
}

function sample({ cpus, ownMillis }: HostPorts): Sample {
  const times = cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, each) => sum + Object.values(each).reduce((a, b) => a + b, 0), 0);
  return { total, idle: times.reduce((sum, { idle = 0 }) => sum + idle, 0), own: ownMillis() };
}

const busyPercent = (since: Sample, now: Sample): number => {
  const total = now.total - since.total;
  return percent(total - (now.idle - since.idle) - (now.own - since.own), total);
};

const averagePercent = ({ loadAverage, cpus }: HostPorts): number => percent(loadAverage(), cpus().length);

const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, (100 * part) / whole)) : 0;
