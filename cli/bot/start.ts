import path from 'node:path';
import { type Command, Option } from 'commander';
import type { Ask } from '../ask.ts';
import { PROVIDERS, type Scaffold, type ScaffoldProvider } from '../scaffold/files.ts';
import { runAfter, type StartFlags, type StartResult, writeProject } from '../scaffold/start.ts';
import { paint, type Terminal } from '../terminal.ts';
import type { World } from '../world.ts';
import { example, shown } from './project-options.ts';

const DEFAULTS = {
  project: 'my-bot',
  region: 'us-east-1',
  bot: 'telegram',
  provider: 'google',
  model: 'gemini-2.5-flash',
} as const;

const BOTS = ['telegram', 'whatsapp'];

/** `hookline bot start`: the files of a new project. */
export function addStart(bot: Command, world: World): void {
  bot
    .command('start')
    .description('write a new project, or convert one with a params.json')
    .option('--project <name>', `the bot's name (default: asked for, else ${DEFAULTS.project})`)
    .option('--region <region>', `AWS region (default: asked for, else ${DEFAULTS.region})`)
    .addOption(choice('--bot <type>', `platform (default: asked for, else ${DEFAULTS.bot})`, BOTS))
    .addOption(
      choice(
        '--provider <name>',
        `model provider (default: asked for, else ${DEFAULTS.provider})`,
        providers,
      ),
    )
    .option('--model <name>', `language model (default: asked for, else ${DEFAULTS.model})`)
    .option('--dir <folder>', "the project's folder", '.')
    .option('--overwrite', 'replace files that exist; old secrets are kept as .env.prod.bak')
    .option('--install-deps', 'run npm install afterwards')
    .option('--no-install-deps', 'do not (the default)')
    .option('--run-config', 'run aws configure afterwards')
    .option('--no-run-config', 'do not (the default)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline bot start --project shop --bot telegram --dir shop'))
    .action((flags: StartFlags & { readonly json?: boolean }, command: Command) =>
      start(flags, command, world),
    );
}

const providers = Object.keys(PROVIDERS);

const choice = (flag: string, description: string, words: readonly string[]): Option =>
  new Option(flag, description).choices(words);

async function start(
  flags: StartFlags & { readonly json?: boolean },
  command: Command,
  world: World,
): Promise<void> {
  const answered = await askForMissing(flags, world.ask);
  const fault = faultOf(answered);
  if (fault) return command.error(fault);
  const scaffold: Scaffold = {
    project: answered.project,
    region: answered.region,
    botType: answered.bot === 'whatsapp' ? 'whatsapp' : 'telegram',
    provider: answered.provider as ScaffoldProvider,
    model: answered.model,
  };
  const folder = path.resolve(flags.dir ?? '.');
  const result = await writeProject(scaffold, flags, folder);
  await runAfter(flags, folder, world);
  world.terminal.out(shown(flags.json, result, () => resultText(result, flags, world.terminal)));
}

type Answers = Readonly<Record<keyof typeof DEFAULTS, string>>;

const QUESTIONS: Readonly<Record<keyof typeof DEFAULTS, string>> = {
  project: 'Name of the bot',
  region: 'AWS region',
  bot: `Platform (${BOTS.join(', ')})`,
  provider: `Model provider (${providers.join(', ')})`,
  model: 'Model',
};

/** Without a terminal the defaults hold. */
async function askForMissing(flags: StartFlags, ask: Ask | undefined): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const [name, fallback] of Object.entries(DEFAULTS)) {
    const key = name as keyof typeof DEFAULTS;
    const given = flags[key] ?? (await ask?.(`${QUESTIONS[key]} [${fallback}]: `));
    answers[key] = given || fallback;
  }
  return answers as Answers;
}

function faultOf({ project, region, bot, provider }: Answers): string | undefined {
  if (!/^[a-z][a-z0-9-]{1,31}$/.test(project))
    return 'error: a project is named by 2 to 32 lower-case letters, digits and hyphens, and begins with a letter';
  if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) return 'error: a region looks like eu-central-1';
  if (!BOTS.includes(bot)) return `error: the platform is one of ${BOTS.join(', ')}`;
  if (!providers.includes(provider)) return `error: the provider is one of ${providers.join(', ')}`;
  return undefined;
}

function resultText(
  { folder, files, notConverted }: StartResult,
  flags: StartFlags,
  terminal: Terminal,
): string {
  const shownFolder = path.relative('.', folder) || '.';
  const lines = [
    ...Object.entries(files).map(([name, what]) => `${what.padEnd(9)} ${path.join(shownFolder, name)}`),
    ...(notConverted === undefined ? [] : conversionLines(notConverted)),
    '',
    paint(terminal, 'bold', 'Next:'),
    ...(shownFolder === '.' ? [] : [`  cd ${shownFolder}`]),
    `  fill in .env.prod`,
    ...(flags.installDeps ? [] : ['  npm install']),
    '  npx hookline bot update',
  ];
  return `${lines.join('\n')}\n`;
}

const conversionLines = (left: NonNullable<StartResult['notConverted']>): readonly string[] =>
  left.length === 0
    ? ['', 'params.json was converted whole.']
    : [
        '',
        'Of params.json these were not converted:',
        ...left.map(({ key, reason }) => `  ${key}: ${reason}`),
      ];
