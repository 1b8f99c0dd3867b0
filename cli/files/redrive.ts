import type { Command } from 'commander';
import type { Stores } from '../../runtime/files/store/create-stores.ts';
import type { ExecutionRecord } from '../../runtime/files/store/execution-record.ts';
import { example, shown } from '../bot/project-options.ts';
import { paint, type Terminal } from '../terminal.ts';
import type { World } from '../world.ts';
import { type StoreFlags, withOpened, withStores } from './stores.ts';

interface RedriveFlags extends StoreFlags {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface Redriven {
  readonly executionId: string;
  readonly outcome: 'redriven' | 'would be redriven' | 'not dead' | 'unknown' | 'moved on';
  readonly state?: string;
  readonly reason?: string;
}

/** `hookline files redrive`: dead executions run again, as only an operator may decide (contract files §2). */
export function addRedrive(files: Command, world: World): void {
  withStores(
    files
      .command('redrive')
      .description('let dead executions run again, after the cause is mended')
      .argument('[execution...]', 'ids of executions'),
  )
    .option('--all', 'every dead execution')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline files redrive --all --dry-run'))
    .action((ids: readonly string[], flags: RedriveFlags) =>
      withOpened(flags, world, (stores) => redrive(ids, flags, stores, world)),
    );
}

async function redrive(
  ids: readonly string[],
  flags: RedriveFlags,
  stores: Stores,
  { terminal, clock }: World,
): Promise<void> {
  if ((ids.length === 0) === !flags.all)
    throw new Error('Give ids of executions, or --all for every dead one.');
  const done: Redriven[] = [];
  for await (const found of flags.all ? dead(stores) : named(ids, stores))
    done.push(await redriveOne(found, flags, stores, clock.nowMillis()));
  terminal.out(shown(flags.json, done, () => table(done, terminal)));
  const left = done.filter(({ outcome }) => !GOOD.has(outcome)).length;
  if (left > 0) throw new Error(`${left} of ${done.length} executions stay as they are.`);
}

const GOOD: ReadonlySet<Redriven['outcome']> = new Set(['redriven', 'would be redriven']);

interface Found {
  readonly executionId: string;
  readonly record: ExecutionRecord | undefined;
}

async function* dead({ executions }: Stores): AsyncIterable<Found> {
  for await (const record of executions.byState('DEAD')) yield { executionId: record.executionId, record };
}

async function* named(ids: readonly string[], { executions }: Stores): AsyncIterable<Found> {
  for (const executionId of ids) yield { executionId, record: await executions.get(executionId) };
}

async function redriveOne(
  { executionId, record }: Found,
  { dryRun }: RedriveFlags,
  { executions }: Stores,
  nowMillis: number,
): Promise<Redriven> {
  if (!record) return { executionId, outcome: 'unknown' };
  const { state, reason } = record;
  const facts = { executionId, state, ...(reason !== undefined && { reason }) };
  if (state !== 'DEAD') return { ...facts, outcome: 'not dead' };
  if (dryRun) return { ...facts, outcome: 'would be redriven' };
  // Due at once: the detector, or the daemon, dispatches it with its next look.
  const when = { nextRetryAtMillis: nowMillis, reason: 'redriven by an operator', byOperator: true };
  const { status } = await executions.retryLater(record, when);
  return { ...facts, outcome: status === 'done' ? 'redriven' : 'moved on' };
}

function table(done: readonly Redriven[], terminal: Terminal): string {
  if (done.length === 0) return 'No execution is dead.\n';
  return done
    .map(({ executionId, outcome, state = '', reason = '' }) => {
      const word = paint(terminal, GOOD.has(outcome) ? 'green' : 'red', outcome.padEnd(17));
      return `${`${word} ${executionId}  ${state}  ${reason}`.trimEnd()}\n`;
    })
    .join('');
}
