import path from 'node:path';
import type { Command } from 'commander';
import { type Locale, say } from '../../runtime/files/messages.ts';
import type { ProcessResult } from '../../runtime/files/process/result.ts';
import { SIGNS, stated, wordsOf } from '../../runtime/files/report/labels.ts';
import { example, shown } from '../bot/project-options.ts';
import { ExitError } from '../exit.ts';
import { paint } from '../terminal.ts';
import type { World } from '../world.ts';
import { type DeliveryFlags, idOf, saidOf, usableSpec, withDelivery } from './delivery.ts';
import { fileSource } from './input-file.ts';
import { localeOf } from './locale.ts';
import { runProgress } from './run-progress.ts';

interface RunFlags extends DeliveryFlags {
  readonly out: string;
  readonly json?: boolean;
}

/** `hookline files run`: exit code 0 without errors, 1 with errors in the data, 2 when it cannot be done (contract files §7). */
export function addRun(files: Command, world: World): void {
  withDelivery(files.command('run').description('check a delivery against a specification, here and now'))
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
  const executionId = idOf(flags);
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
  const { FileProcessor } = await import('../../runtime/files/process/processor.ts');
  const { spec } = await usableSpec(yaml, locale, world.terminal, 2);
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
