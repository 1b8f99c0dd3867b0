import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { FilesError } from '../../runtime/files/errors.ts';
import type { InferredSpec } from '../../runtime/files/infer/infer-spec.ts';
import { type Locale, say } from '../../runtime/files/messages.ts';
import { example } from '../bot/project-options.ts';
import type { World } from '../world.ts';
import { fileSource } from './input-file.ts';
import { type LocaleFlags, localeOf, withLocale } from './locale.ts';

interface InferFlags extends LocaleFlags {
  readonly rows: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `hookline files infer-spec`: a first specification, guessed from data files (contract files §7). */
export function addInferSpec(files: Command, world: World): void {
  withLocale(
    files
      .command('infer-spec')
      .description('guess a specification from data: delimiter, header, types, required and unique columns')
      .argument('<data...>', 'CSV or Excel files, or one ZIP of them')
      .option('--rows <count>', 'how many rows of each file are looked at', wholeNumber, 10_000)
      .option('--out <file>', 'write the specification there; without it, it is printed')
      .option('--json', 'print what was guessed as JSON'),
  )
    .addHelpText('after', example('hookline files infer-spec clientes.csv pedidos.csv --out pedidos.yaml'))
    .action(async (data: readonly string[], flags: InferFlags) => {
      const locale = localeOf(flags, world.environment);
      const inferred = await infer(data, flags.rows, locale).catch((error: unknown) => {
        throw error instanceof FilesError ? new Error(say(locale, error.code, error.values)) : error;
      });
      if (flags.out !== undefined) await writeNew(flags.out, inferred.text);
      if (flags.json) world.terminal.out(`${JSON.stringify(inferred)}\n`);
      else if (flags.out === undefined) world.terminal.out(inferred.text);
      else world.terminal.out(`${say(locale, 'SPEC_WRITTEN', { file: flags.out })}\n`);
    });
}

async function infer(data: readonly string[], rows: number, locale: Locale): Promise<InferredSpec> {
  const [{ inferSpec }, { openZip }] = await Promise.all([
    import('../../runtime/files/infer/infer-spec.ts'),
    import('../../runtime/files/read/zip.ts'),
  ]);
  const sources = await Promise.all(data.map(fileSource));
  const zip = sources.find(({ name }) => /\.zip$/i.test(name));
  if (!zip) return await inferSpec(sources, false, { rows, locale });
  if (sources.length > 1) throw new FilesError('INPUTS_MIXED', 'permanent', { file: zip.name });
  const delivery = await openZip(zip);
  try {
    return await inferSpec(delivery.members, true, { rows, locale });
  } finally {
    await delivery.close();
  }
}

/** Nothing that somebody wrote is lost. */
export async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'EEXIST'
        ? `${file} is there already: name another file, or remove it.`
        : `${file} cannot be written (${error.code ?? 'unknown reason'}): check the folder.`;
    throw new Error(reason, { cause: error });
  });
}

function wholeNumber(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1.');
  return count;
}
