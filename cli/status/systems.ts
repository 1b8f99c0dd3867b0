import { BOT_TAG, FILES_TAG, REPLIES_TAG } from '../../modules/parts/tags.ts';
import { taggedArns } from '../deploy/list.ts';
import { findFunction, queueUrlOf } from '../deployed.ts';
import { sentenceOf } from '../said.ts';
import type { World } from '../world.ts';
import { type RingingAlarm, ringingAlarms } from './alarms.ts';
import { type QueueStatus, queueStatus } from './queues.ts';

/** How one deployed system stands. */
export interface SystemStatus {
  readonly kind: 'bot' | 'replies' | 'files';
  readonly name: string;
  readonly queues: readonly QueueStatus[];
  /** Those that ring. */
  readonly alarms: readonly RingingAlarm[];
  readonly functions: readonly FunctionStatus[];
  /** What needs somebody, or could not be read; empty when all is well. */
  readonly needs: readonly string[];
}

interface FunctionStatus {
  readonly name: string;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Of the code. */
  readonly sha256: string;
}

const TAGS = { bot: BOT_TAG, replies: REPLIES_TAG, files: FILES_TAG } as const;

/** What to do about dead letters. Those of files are events: their executions are seen to by the detector. */
const REMEDIES = {
  bot: 'hookline bot redrive --dry-run',
  replies: 'hookline replies redrive --dry-run',
  files: 'hookline files doctor',
} as const;

/** Every system of the account and region, found by its mark. Reads alone. */
export async function readSystems(
  region: string | undefined,
  world: World,
): Promise<readonly SystemStatus[]> {
  const found = await Promise.all(
    (['bot', 'replies', 'files'] as const).map(async (kind) =>
      [...(await taggedArns(TAGS[kind], region, world))].map(([name, arns]) => ({ kind, name, arns })),
    ),
  );
  const systems = found.flat().sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
  const names = systems.map(({ name }) => name);
  return Promise.all(systems.map((system) => readSystem(system, names, world)));
}

interface FoundSystem {
  readonly kind: SystemStatus['kind'];
  readonly name: string;
  readonly arns: readonly string[];
}

/** What cannot be read is a need: nobody knows then. */
async function readSystem(
  { kind, name, arns }: FoundSystem,
  names: readonly string[],
  { aws }: World,
): Promise<SystemStatus> {
  const unread: string[] = [];
  const readAll = async <T>(items: readonly string[], read: (item: string) => Promise<T | undefined>) => {
    const values = await Promise.all(
      items.map((item) =>
        read(item).catch((error: unknown) => {
          unread.push(`${item} could not be read: ${sentenceOf(error)}`);
          return undefined;
        }),
      ),
    );
    return values.filter((value) => value !== undefined);
  };
  const queues = await readAll(namesIn(arns, /^arn:[\w-]+:sqs:[^:]*:\d+:([^:]+)$/), async (queue) => {
    const url = await queueUrlOf(queue, aws);
    return url === undefined ? undefined : queueStatus(queue, url, aws);
  });
  const functions = await readAll(
    namesIn(arns, /^arn:[\w-]+:lambda:[^:]*:\d+:function:([^:]+)$/),
    async (title) => {
      const known = await findFunction(title, aws);
      return known && { name: title, changedAt: known.changedAt, sha256: known.sha256 };
    },
  );
  const alarms = (await readAll(['alarms'], () => ringingAlarms(name, names, aws))).flat();
  const needs = [
    ...queues.flatMap((queue) =>
      queue.kind === 'dead letters' && queue.waiting > 0
        ? [`${queue.waiting} dead letters in ${queue.name}: ${REMEDIES[kind]}`]
        : [],
    ),
    ...alarms.map(({ title }) => `the alarm ${title} rings`),
    ...unread,
  ];
  return { kind, name, queues, alarms, functions, needs };
}

const namesIn = (arns: readonly string[], pattern: RegExp): readonly string[] =>
  arns.flatMap((arn) => pattern.exec(arn)?.[1] ?? []).sort();
