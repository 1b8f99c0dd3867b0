import { confirmed } from '../ask.ts';
import { paint, type Terminal } from '../terminal.ts';
import type { World } from '../world.ts';
import type { Change, Plan } from './terraform.ts';

/** Their contents go with them. */
const KEEPS_DATA = /^aws_(s3_bucket|dynamodb_table|sqs_queue)\./;

/** What takes something away is asked about; without a terminal it needs `--yes`. Throws when it is not wanted. */
export async function confirmPlan(plan: Plan, world: World, yes: boolean): Promise<void> {
  const going = plan.changes.filter(({ action }) => action === 'delete' || action === 'replace');
  const shown =
    plan.changes.length > MANY ? plan.changes.filter(({ action }) => action !== 'create') : plan.changes;
  world.terminal.error(planText(shown, world.terminal, plan.changes));
  if (going.length > 0) await confirmed(`Take away ${going.length} resources?`, { yes }, world);
}

const SIGNS = { create: '+', update: '~', replace: '±', delete: '-' } as const;
const COLOURS = { create: 'green', update: 'bold', replace: 'red', delete: 'red' } as const;

/** A first deployment makes dozens of resources: then only what it changes or takes away is named. */
const MANY = 12;

/** Each change in a line, then the counts of all. */
export function planText(changes: readonly Change[], terminal: Terminal, all = changes): string {
  if (all.length === 0) return 'The stack is as it should be.\n';
  const lines = changes.map(({ address, action }) => {
    const loss = action !== 'create' && action !== 'update' && KEEPS_DATA.test(address);
    return `  ${paint(terminal, COLOURS[action], SIGNS[action])} ${address}${loss ? '  with all that it holds' : ''}`;
  });
  const count = (action: Change['action']) => all.filter((change) => change.action === action).length;
  const counts = (['create', 'update', 'replace', 'delete'] as const)
    .filter((action) => count(action) > 0)
    .map((action) => `${count(action)} to ${action}`);
  return `${[...lines, counts.join(', ')].join('\n')}\n`;
}
