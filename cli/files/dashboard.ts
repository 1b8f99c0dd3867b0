import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { operationsHtml } from '../../runtime/files/operations/page.ts';
import { type Panels, panelsOf } from '../../runtime/files/operations/panels.ts';
import { costOf, pricesWith } from '../../runtime/files/store/cost.ts';
import { EXECUTION_STATES, type ExecutionRecord } from '../../runtime/files/store/execution-record.ts';
import { example, shown } from '../bot/project-options.ts';
import type { World } from '../world.ts';
import { type OpenedStores, type StoreFlags, withOpened, withStores } from './stores.ts';

interface DashboardFlags extends StoreFlags {
  readonly days: number;
  readonly html?: string;
  readonly json?: boolean;
}

/** Records are kept for so long. */
const MAX_DAYS = 90;
const DEFAULT_MEMORY_MB = 2_048;

/** `hookline files dashboard`: the panels of `sage-operations`, drawn from the execution records (contract files §9). */
export function addDashboard(files: Command, world: World): void {
  withStores(
    files
      .command('dashboard')
      .description(
        'show where executions ran, how long, how they ended and what they cost; and what is stuck',
      ),
  )
    .option('--days <n>', `how far to look back, 1 to ${MAX_DAYS}`, days, 7)
    .option('--html <file>', 'write a page that works offline')
    .option('--json', 'print the panels as JSON')
    .addHelpText('after', example('hookline files dashboard --html operations.html'))
    .action((flags: DashboardFlags) => withOpened(flags, world, (stores) => dashboard(flags, stores, world)));
}

async function dashboard(flags: DashboardFlags, stores: OpenedStores, world: World): Promise<void> {
  const { terminal, clock } = world;
  const { config } = stores;
  const memoryMb = config?.memoryMb ?? DEFAULT_MEMORY_MB;
  const prices = pricesWith(config?.priceGbSecond);
  const panels = panelsOf(await allRecords(stores), {
    nowMillis: clock.nowMillis(),
    days: flags.days,
    costOf: (billedMillis) => costOf({ memoryMb, billedMillis }, prices).total,
  });
  if (flags.html !== undefined) {
    await writeFile(flags.html, operationsHtml(panels, `${flags.name}-operations`));
    terminal.error(`Written to ${flags.html}\n`);
    if (!flags.json) return;
  }
  terminal.out(shown(flags.json, panels, () => text(panels)));
}

async function allRecords({ executions }: OpenedStores): Promise<readonly ExecutionRecord[]> {
  const records: ExecutionRecord[] = [];
  for (const state of EXECUTION_STATES)
    for await (const record of executions.byState(state)) records.push(record);
  return records;
}

function text({ split, lambdaPercent, processing, outcomes, cost, waiting, stuck }: Panels): string {
  const local = split.reduce((sum, bucket) => sum + bucket.local, 0);
  const lambda = split.reduce((sum, bucket) => sum + bucket.lambda, 0);
  const share = lambdaPercent === undefined ? '' : ` (${lambdaPercent.toFixed(1)} % on Lambda)`;
  const times = (['local', 'lambda'] as const).map((target) => {
    const of = processing[target];
    return of
      ? `${target}: mean ${seconds(of.mean)}, p95 ${seconds(of.p95)}, p99 ${seconds(of.p99)}`
      : `${target}: none`;
  });
  const usd = cost.reduce((sum, day) => sum + day.usd, 0);
  const age = waiting.count === 0 ? '' : `, the oldest for ${waiting.oldestSeconds} s`;
  return [
    `started   ${local} local, ${lambda} lambda${share}`,
    `time      ${times.join('; ')}`,
    `ended     ${Object.entries(outcomes)
      .map(([outcome, count]) => `${outcome} ${count}`)
      .join(', ')}`,
    `cost      ${usd.toFixed(4)} USD on Lambda`,
    `waiting   ${waiting.count}${age}`,
    `to see to ${stuck.length === 0 ? 'none' : ''}`.trimEnd(),
    ...stuck.map(
      ({ executionId, state, attempt, updatedAt }) =>
        `  ${executionId}  ${state}  attempt ${attempt}  since ${updatedAt}`,
    ),
    '',
  ].join('\n');
}

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`;

function days(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_DAYS) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_DAYS}.`);
}
