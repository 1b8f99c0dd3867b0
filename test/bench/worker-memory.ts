import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Memory of function processes. */
export interface WorkerMemory {
  readonly processes: number;
  /** Resident, of the largest. */
  readonly largestBytes: number;
}

/**
 * The Node processes below this one: the emulator's functions, which have no other name from outside. Undefined
 * where the system has no /proc to look at.
 */
export function workerMemory(): WorkerMemory | undefined {
  const ids = processIds();
  if (!ids) return undefined;
  const parents = new Map(ids.map((id) => [id, parentOf(id)]));
  const isBelow = (id: string | undefined): boolean =>
    id !== undefined && (parents.get(id) === String(process.pid) || isBelow(parents.get(id)));
  const sizes = ids.filter((id) => isBelow(id) && isNode(id)).flatMap((id) => residentBytes(id) ?? []);
  return { processes: sizes.length, largestBytes: Math.max(0, ...sizes) };
}

function processIds(): string[] | undefined {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
}

const parentOf = (id: string) => read(id, 'status').match(/^PPid:\s+(\d+)$/m)?.[1];

const isNode = (id: string) => path.basename(read(id, 'cmdline').split('\0')[0] ?? '') === 'node';

function residentBytes(id: string): number | undefined {
  const kilobytes = read(id, 'status').match(/^VmRSS:\s+(\d+) kB$/m)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Empty when the process has gone. */
function read(id: string, file: 'status' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
