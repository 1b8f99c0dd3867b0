import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, type TerraformStack, Testing } from 'cdktf';
import { Bot, type BotProps } from '../../modules/bot/index.ts';
import { botModule } from '../../modules/bot/module.ts';
import { ReadableStack } from '../../modules/module-stack.ts';

/** A block of Terraform's JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at any depth of foreign JSON
export type Block = Record<string, any>;

export interface Synthesised {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly locals: Readonly<Record<string, string>>;
  readonly variable: Readonly<Record<string, Block>>;
  readonly output: Readonly<Record<string, Block>>;
}

export const ZIPS = { ingress: 'ingress.zip', worker: 'worker.zip', single: 'single.zip' };

/** Makes a stack in an app for tests and returns its Terraform. An app makes a folder at once; it is removed. */
export function synthIn<T>(makeStack: (app: App) => TerraformStack): T {
  const outdir = mkdtempSync(path.join(tmpdir(), 'hookline-synth-'));
  try {
    return JSON.parse(Testing.synth(makeStack(Testing.app({ outdir }))));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The construct with plain props, as Terraform's JSON. */
export function synthBot(props: BotProps = {}): Synthesised {
  const synthesised = synthIn<Pick<Synthesised, 'resource' | 'data'>>((app) => {
    const stack = new ReadableStack(app, 'bot');
    new Bot(stack, 'Default', { bundles: ZIPS, ...props });
    return stack;
  });
  return { locals: {}, variable: {}, output: {}, ...synthesised };
}

/** The construct with variables, as it is published. */
export const synthModule = (): Synthesised => synthIn(botModule);

/** All blocks of one type. */
export const blocks = ({ resource }: Synthesised, type: string): readonly Block[] =>
  Object.values(resource[type] ?? {});

/** Statements of a policy document, those in dynamic blocks too. */
export function statements({ data }: Synthesised, id: string): readonly Block[] {
  const document = data.aws_iam_policy_document?.[id];
  if (!document) throw new Error(`There is no policy document ${id}.`);
  const dynamic: readonly Block[] = document.dynamic?.statement ?? [];
  return [...(document.statement ?? []), ...dynamic.map(({ content }) => content)];
}

/** Addresses of everything that keeps state, and of the data sources. */
export function addresses({ resource, data }: Synthesised): readonly string[] {
  const of = (prefix: string, section: Synthesised['resource']) =>
    Object.entries(section).flatMap(([type, byId]) =>
      Object.keys(byId).map((id) => `${prefix}${type}.${id}`),
    );
  return [...of('', resource), ...of('data.', data)].sort();
}

/** Every shape that a bot can take, with literals and with variables. */
export const SHAPES: Readonly<Record<string, () => Synthesised>> = {
  drop: () => synthBot({ busyPolicy: 'drop' }),
  fifo: () => synthBot({ busyPolicy: 'fifo' }),
  merge: () => synthBot({ busyPolicy: 'merge' }),
  'one function': () => synthBot({ singleFunction: true }),
  telegram: () => synthBot({ botType: 'telegram' }),
  module: synthModule,
};

export const documentsOf = (stack: Synthesised) => Object.keys(stack.data.aws_iam_policy_document ?? {});

export const allStatements = (stack: Synthesised) =>
  documentsOf(stack).flatMap((id) => statements(stack, id));

/** Actions of one service that a role allows. */
export const actionsOn = (stack: Synthesised, id: string, service: string): readonly string[] =>
  statements(stack, id)
    .flatMap(({ actions }) => actions as string[])
    .filter((action) => action.startsWith(`${service}:`))
    .sort();
