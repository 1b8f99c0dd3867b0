import { AWS_KINDS, DUPLICATES, type FaultKind } from '../fault-kinds.ts';
import type { Scenario } from './schedule.ts';

const SEND_KINDS = [...AWS_KINDS, 'refuse', 'expired', 'html', 'html-done'] as const;
const AGENT_KINDS = ['fail', 'outage', 'die', 'timeout', ...DUPLICATES] as const;

/** The faults that can befall a call. */
export function kindsFor(label: string, mode: Scenario['mode']): readonly FaultKind[] {
  if (label === 'mapping DeleteMessage') return ['fail'];
  const kinds = [...baseKinds(label)];
  if (/UpdateItem|TransactWrite|DeleteItem|PutObject history/.test(label)) kinds.push('conflict');
  if (label.endsWith('SendMessageBatch')) kinds.push('partial');
  return mode === 'drop' && label.startsWith('worker') ? [...kinds, 'duplicate-run'] : kinds;
}

function baseKinds(label: string): readonly FaultKind[] {
  if (label.includes(' POST ')) return SEND_KINDS;
  return label.endsWith('agent') ? AGENT_KINDS : AWS_KINDS;
}
