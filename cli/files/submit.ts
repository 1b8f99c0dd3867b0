import type { Command } from 'commander';
import type { Source } from '../../runtime/files/read/types.ts';
import type { ExecutionRecord } from '../../runtime/files/store/execution-record.ts';
import { example, shown } from '../bot/project-options.ts';
import { ExitError } from '../exit.ts';
import type { World } from '../world.ts';
import { type DeliveryFlags, idOf, saidOf, usableSpec, withDelivery } from './delivery.ts';
import { fileSource } from './input-file.ts';
import { localeOf } from './locale.ts';
import { type OpenedStores, type StoreFlags, withOpened, withStores } from './stores.ts';

interface SubmitFlags extends DeliveryFlags, StoreFlags {
  readonly json?: boolean;
}

/** `hookline files submit`: the intake of contract files §2; whoever polls next sets the execution going. */
export function addSubmit(files: Command, world: World): void {
  withStores(
    withDelivery(files.command('submit').description('hand a delivery over to a daemon or a deployment')),
  )
    .option('--json', 'print the execution as JSON')
    .addHelpText('after', example('hookline files submit pedidos.yaml diario.zip --local ./executions'))
    .action((yaml: string, data: readonly string[], flags: SubmitFlags) => submit(yaml, data, flags, world));
}

async function submit(
  yaml: string,
  data: readonly string[],
  flags: SubmitFlags,
  world: World,
): Promise<void> {
  const locale = localeOf(flags, world.environment);
  const executionId = idOf(flags);
  try {
    const { text } = await usableSpec(yaml, locale, world.terminal, 1);
    const sources = await Promise.all(data.map(fileSource));
    checkNames(sources);
    const record = await withOpened(flags, world, (stores) =>
      handOver({ executionId, yamlText: text, sources, flags }, stores, world.interruption()),
    );
    const { state, inputs } = record;
    world.terminal.out(shown(flags.json, { executionId, state, inputs }, () => `${executionId}\n`));
  } catch (error) {
    throw error instanceof ExitError ? error : new ExitError(1, saidOf(error, locale), { cause: error });
  }
}

/** A run has its inputs in one folder. */
function checkNames(sources: readonly Source[]): void {
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two files are named ${twice}: give each its own name.`);
}

interface HandedOver {
  readonly executionId: string;
  readonly yamlText: string;
  readonly sources: readonly Source[];
  readonly flags: SubmitFlags;
}

/** Inputs first: the record is what others act on. */
async function handOver(
  { executionId, yamlText, sources, flags }: HandedOver,
  { storage, executions: store }: OpenedStores,
  signal: AbortSignal,
): Promise<ExecutionRecord> {
  const { takeIn } = await import('../../runtime/files/orchestrate/intake.ts');
  const found = await store.get(executionId);
  if (found) throw new Error(`There is an execution ${executionId} already: ${found.state}.`);
  const inputs = [];
  for (const source of sources) {
    // In a folder: an output may have the name of an input.
    const filename = `in/${source.name}`;
    await storage.writeStream(executionId, filename, source.bytes(), { signal });
    inputs.push({ sourceExecutionId: executionId, filename });
  }
  const options = optionsOf(flags);
  return takeIn({ executionId, yamlText, inputs, options }, { storage, store });
}

/** As an event names them (contract files §3.4). */
const optionsOf = ({ package: select, locale, casillaId, emisorId, metodoEnvio }: SubmitFlags) => ({
  ...(select !== undefined && { package: select }),
  ...(locale !== undefined && { locale }),
  ...(casillaId !== undefined && { casilla_id: casillaId }),
  ...(emisorId !== undefined && { emisor_id: emisorId }),
  ...(metodoEnvio !== undefined && { metodo_envio: metodoEnvio }),
});
