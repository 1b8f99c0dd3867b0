import { AWS_KINDS, DUPLICATES, type FaultKind } from '../fault-kinds.ts';

/** What others may do while a call is on its way: no fault, but the moment counts. */
export const INTERLEAVED = ['message', 'stop', 'takeover', 'redeliver', ...DUPLICATES] as const;
const OF_WORKER = [...INTERLEAVED, 'report'] as const;

const HTTP_KINDS = [
  'fail',
  'outage',
  'lost',
  'die',
  'die-after',
  'throttle',
  'timeout',
  'expired',
  'broken',
  'html',
] as const;
const SEND_KINDS = [
  ...HTTP_KINDS,
  'down',
  'lost-down',
  'timeout-done',
  'refuse',
  'unsubscribed',
  'too-long',
  'broken-done',
  'html-done',
] as const;
const MODEL_KINDS = [...HTTP_KINDS, 'refuse', 'quota', 'down'] as const;

/** The faults that can befall a call; of a scenario without the sweeper only what needs no sweeper. */
export function kindsFor(label: string, isUnswept = false): readonly FaultKind[] {
  const [hop = ''] = label.split(' ');
  if (hop === 'mapping') return isUnswept ? [] : ['fail'];
  if (isUnswept) return hop === 'worker' ? INTERLEAVED : ['message', ...DUPLICATES];
  return [...faultsOf(label), ...momentsOf(hop, label)];
}

function faultsOf(label: string): readonly FaultKind[] {
  if (label.endsWith('POST message')) return SEND_KINDS;
  if (label.endsWith('POST model')) return MODEL_KINDS;
  if (label.endsWith('GET messages')) return HTTP_KINDS;
  const kinds: FaultKind[] = AWS_KINDS.filter((kind) => !kind.startsWith('duplicate'));
  if (/UpdateItem|TransactWrite|DeleteItem|PutItem/.test(label)) kinds.push('conflict');
  if (label.includes('BatchWriteItem')) kinds.push('unprocessed');
  return kinds;
}

function momentsOf(hop: string, label: string): readonly FaultKind[] {
  if (hop === 'sweeper') return ['message', 'takeover'];
  if (hop === 'webhook') return ['message', ...DUPLICATES];
  // A process that stands still between its last look at the lease and the request cannot be helped.
  return label.endsWith('POST message') ? OF_WORKER : [...OF_WORKER, 'freeze'];
}

/** Kinds after which a sender cannot know whether its message was taken. */
export const UNCLEAR: ReadonlySet<FaultKind | undefined> = new Set<FaultKind>([
  'lost',
  'lost-down',
  'die',
  'die-after',
  'timeout',
  'timeout-done',
  'html',
  'html-done',
  'broken',
  'broken-done',
]);
