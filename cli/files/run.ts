import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FilesError } from '../../runtime/files/errors.ts';
import { type Locale, say } from '../../runtime/files/messages.ts';
import type { ProcessResult } from '../../runtime/files/process/result.ts';
import { SIGNS, stated, wordsOf } from '../../runtime/files/report/labels.ts';
import { example, shown } from '../bot/project-options.ts';
import { ExitError } from '../exit.ts';
import { sentenceOf } from '../said.ts';
import { paint } from '../terminal.ts';
import type { World } from '../world.ts';
import { fileSource, textOf } from './input-file.ts';
import { type LocaleFlags, localeOf, withLocale } from './locale.ts';
import { contextOf, problemText } from './problem-text.ts';
import { runProgress } from './run-progress.ts';

const METHODS = ['email', 'sftp', 'direct_upload', 'portal_upload', 'api'] as const;

interface RunFlags extends LocaleFlags {
  readonly package?: string;
  readonly casillaId?: number;
  readonly emisorId?: number;
  readonly metodoEnvio?: (typeof METHODS)[number];
  readonly uuid?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `hookline files run`: exit code 0 without errors, 1 with errors in the data, 2 when it cannot be done (contract files §7). */
export function addRun(files: Command, world: World): void {
  withLocale(
    files
      .command('run')
      .description('check a delivery against a specification, here and now')
      .argument('<yaml>', 'the specification')
      .argument('<data...>', 'the delivery: a CSV, Excel or ZIP file, or several loose files of a package'),
  )
    .option('--package <id>', 'package or catalog to check against (default: by kind and name)')
    .option('--casilla-id <n>', 'id of the mailbox, for the report', wholeNumber)
    .option('--emisor-id <n>', 'id of the sender, for the report', wholeNumber)
    .addOption(new Option('--metodo-envio <method>', 'how it was delivered, for the report').choices(METHODS))
    .option('--uuid <id>', 'id of the execution (default: a new one)')
    .option('--out <folder>', 'where executions are written', './executions')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline files run pedidos.yaml diario.zip'))
    .addHelpText(
      'after',
      '\nExit codes: 0 no errors, 1 errors in the data, 2 files, specification or system.',
    )
    .action((yaml: string, data: readonly string[], flags: RunFlags) => runFiles(yaml, data, flags, world));
}

async function runFiles(yaml: string, data: readonly string[], flags: RunFlags, world: World): Promise<void> {
  const locale = localeOf(flags, world.environment);
  const executionId = checkedId(flags.uuid ?? randomUUID());
  const executionDir = path.join(flags.out, executionId);
  const result = await processed(yaml, data, { flags, locale, executionId, executionDir }, world).catch(
    (error: unknown) => {
      throw error instanceof ExitError ? error : new ExitError(2, saidOf(error, locale), { cause: error });
    },
  );
  const folder = path.join(executionDir, 'out');
  world.terminal.out(shown(flags.json, result, () => resultText(result, folder, locale, world)));
  const { errors } = result.counts;
  if (result.exit_code === 1) throw new ExitError(1, say(locale, 'RUN_HAS_ERRORS', { count: errors }));
}

interface RunSettings {
  readonly flags: RunFlags;
  readonly locale: Locale;
  readonly executionId: string;
  readonly executionDir: string;
}

async function processed(
  yaml: string,
  data: readonly string[],
  { flags, locale, executionId, executionDir }: RunSettings,
  world: World,
): Promise<ProcessResult> {
  const [{ FileProcessor }, { loadSpec }] = await Promise.all([
    import('../../runtime/files/process/processor.ts'),
    import('../../runtime/files/spec/load.ts'),
  ]);
  const source = { file: yaml, text: await textOf(yaml) };
  const { spec, problems } = loadSpec(source.text);
  if (!spec) {
    const context = contextOf(source, locale, world.terminal);
    world.terminal.error(problems.map((problem) => problemText(problem, context)).join(''));
    const count = problems.filter(({ severity }) => severity === 'error').length;
    throw new ExitError(2, say(locale, 'SPEC_ERRORS_FOUND', { count }));
  }
  const { package: select, casillaId, emisorId, metodoEnvio } = flags;
  const progress = runProgress(world.terminal, world.clock);
  try {
    return await new FileProcessor({
      spec,
      executionDir,
      executionId,
      inputs: await Promise.all(data.map(fileSource)),
      locale,
      signal: world.interruption(),
      onProgress: progress.show,
      clock: world.clock,
      ...(select !== undefined && { select }),
      sender: {
        ...(casillaId !== undefined && { casillaId }),
        ...(emisorId !== undefined && { emisorId }),
        ...(metodoEnvio !== undefined && { metodoEnvio }),
      },
    }).process();
  } finally {
    progress.end();
  }
}

const saidOf = (error: unknown, locale: Locale): string =>
  error instanceof FilesError
    ? `${say(locale, error.code, error.values)} [${error.code}]`
    : sentenceOf(error);

function resultText(result: ProcessResult, folder: string, locale: Locale, { terminal }: World): string {
  const words = wordsOf(locale);
  const { counts, verdict } = result;
  const label = `${SIGNS[verdict]} ${stated(verdict, locale)}`;
  const facts = [
    [words.execution, result.execution_id],
    [words.result, paint(terminal, counts.errors > 0 ? 'red' : 'green', label)],
    [words.records, `${counts.records} (${words.successRate.toLowerCase()}: ${result.success_rate} %)`],
    [words.errors, counts.errors],
    [words.warnings, counts.warnings],
    [words.resultsIn, folder],
  ] as const;
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

/** As the storage of executions takes it (contract files §3.1). */
function checkedId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id)) return id;
  throw new ExitError(
    2,
    '--uuid takes 1 to 128 letters, digits, dots, hyphens and underscores, and begins with a letter or a digit.',
  );
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
