import type { Command } from 'commander';
import { example, shown } from '../bot/project-options.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import type { SystemStatus } from './systems.ts';

interface StatusFlags {
  readonly region?: string;
  readonly json?: boolean;
}

/** `hookline status`: does anything of what is deployed here need somebody? */
export function addStatus(program: Command, world: World): void {
  program
    .command('status')
    .description('every deployed system: queues, dead letters, alarms, code; exit 1 when one needs somebody')
    .option('--region <region>', "AWS region (default: the environment's)")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline status --region eu-north-1'))
    .action(async (flags: StatusFlags) => {
      const { readSystems } = await needing(STATUS_PACKAGES, () => import('./systems.ts'));
      const aws = flags.region === undefined ? world.aws : world.awsIn(flags.region);
      const systems = await readSystems(flags.region, { ...world, aws });
      world.terminal.out(shown(flags.json, systems, () => report(systems, world.terminal)));
      const needs = systems.flatMap(({ name, needs }) => needs.map((need) => `${name}: ${need}`));
      if (needs.length > 0)
        throw new Error(`Somebody is needed:\n${needs.map((need) => `- ${need}`).join('\n')}`);
    });
}

const STATUS_PACKAGES = ['cloudwatch', 'lambda', 'resource-groups-tagging-api', 'sqs'].map(
  (service) => `@aws-sdk/client-${service}`,
);

function report(systems: readonly SystemStatus[], terminal: Terminal): string {
  if (systems.length === 0) return 'Nothing of hookline is deployed here.\n';
  return systems.map((system) => systemText(system, terminal)).join('\n');
}

function systemText({ kind, name, queues, alarms, functions }: SystemStatus, terminal: Terminal): string {
  const line = (word: string, isBad: boolean, what: string, text: string) =>
    `  ${paint(terminal, isBad ? 'red' : 'green', word.padEnd(6))} ${what.padEnd(44)} ${text}`.trimEnd();
  const lines = [
    paint(terminal, 'bold', `${kind} ${name}`),
    ...queues.map((queue) => {
      const isBad = queue.kind === 'dead letters' && queue.waiting > 0;
      const age = queue.oldestSeconds === undefined ? '' : `, the oldest for ${span(queue.oldestSeconds)}`;
      const counts = `${queue.waiting} waiting, ${queue.inFlight} in flight, ${queue.delayed} delayed`;
      return line('queue', isBad, queue.name, `${queue.kind}: ${counts}${age}`);
    }),
    ...alarms.map(({ title, reason }) => line('ALARM', true, title, reason)),
    ...functions.map(({ name: title, changedAt, sha256 }) =>
      line('code', false, title, `${sha256.slice(0, 8)}, deployed ${changedAt.slice(0, 19)}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function span(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
