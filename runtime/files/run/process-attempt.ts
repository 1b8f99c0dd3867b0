import path from 'node:path';
import { describeError } from '../../core/errors.ts';
import type { RunOptions } from '../event/types.ts';
import type { ProcessResult } from '../process/result.ts';
import type { HeldLock } from '../store/execution-lock.ts';
import type { VerdictState } from '../store/execution-store.ts';
import { attemptFolder } from '../store/paths.ts';
import { sha256Of } from './admit.ts';
import { bring, type Material } from './bring.ts';
import { countFinished } from './count.ts';
import { localeOf } from './locale-of.ts';
import { FencedError, type RunOutcome, type StoredResult } from './outcome.ts';
import type { LocalInput } from './ports.ts';
import type { Run } from './run-execution.ts';
import { settle } from './settle.ts';
import { stepAfter } from './step-after.ts';
import { uploadOutputs } from './upload.ts';
import { makeWorkdir, removeWorkdir, type Workdir } from './workdir.ts';

const STATES: Readonly<Record<ProcessResult['verdict'], VerdictState>> = {
  Éxito: 'SUCCEEDED',
  Parcial: 'PARTIAL',
  Fallido: 'REJECTED',
};

/** Processes a delivery in a folder of its own and publishes the result. A failure is settled while logs are there. */
export async function processAttempt(run: Run, material: Material, held: HeldLock): Promise<RunOutcome> {
  const { ports, record } = run;
  const { attempt } = record;
  ports.log.info('execution_started', { attempt, owner_id: held.ownerId, target: ports.target });
  const startedMillis = ports.clock.nowMillis();
  const signal = AbortSignal.any([held.signal, run.stopper.signal]);
  let workdir: Workdir | undefined;
  try {
    run.stopper.check();
    workdir = await makeWorkdir(ports.temporaryFolder, record.executionId, attempt);
    const brought = await bring(material, record, workdir, ports, signal);
    const chosen = choices(record.options ?? run.event.options);
    const result = await ports.process({
      executionId: record.executionId,
      ...brought,
      executionDir: workdir.root,
      ...chosen,
      locale: localeOf(run),
      signal,
    });
    await stepAfter(run, { result, outputsFolder: workdir.outputs, sender: chosen.sender }, signal);
    return await publish(run, held, {
      result,
      workdir,
      signal,
      startedMillis,
      yamlText: material.yamlText,
      inputs: brought.inputs,
    });
  } catch (error) {
    const stopped = held.signal.aborted ? held.signal : run.stopper.signal;
    return await settle(stopped.aborted ? stopped.reason : error, { ...run, outputs: workdir?.outputs });
  } finally {
    if (workdir) await removeQuietly(workdir, run);
  }
}

function choices(options: RunOptions) {
  const { casilla_id: casillaId, emisor_id: emisorId, metodo_envio: metodoEnvio } = options;
  return {
    sender: {
      ...(casillaId !== undefined && { casillaId }),
      ...(emisorId !== undefined && { emisorId }),
      ...(metodoEnvio !== undefined && { metodoEnvio }),
    },
    ...(options.package !== undefined && { select: options.package }),
    ...(options.delimiters !== undefined && { delimiters: options.delimiters }),
  };
}

interface Processed {
  readonly result: ProcessResult;
  readonly workdir: Workdir;
  readonly signal: AbortSignal;
  readonly startedMillis: number;
  readonly yamlText: string;
  readonly inputs: readonly LocalInput[];
}

/** Outputs, then the manifest, then the state that names it: that is the publication (contract files §3.2). */
async function publish(run: Run, held: HeldLock, processed: Processed): Promise<RunOutcome> {
  const { ports, record } = run;
  const { result, signal } = processed;
  const { executionId, attempt } = record;
  const place = { executionId, attempt, folder: attemptFolder(attempt, held.ownerId) };
  run.stopper.check();
  const outputs = await uploadOutputs(processed.workdir.outputs, place, ports, signal);
  const stored: StoredResult = { ...result, outputs };
  run.stopper.check();
  held.assertHeld();
  const state = STATES[result.verdict];
  const { counts } = result;
  // From here on the manifest may stand, whatever the answer: the detector writes its verdict.
  run.isSealed = true;
  const manifestKey = await ports.publication.seal(record, held.ownerId, {
    state,
    counts,
    outputs,
    result: stored,
    configSha256: sha256Of(processed.yamlText),
  });
  held.assertHeld();
  const finished = await ports.store.finish(record, { state, counts, manifestKey });
  if (finished.status !== 'done') throw new FencedError();
  run.record = finished.record;
  countFinished(run, processed, state);
  await copyQuietly(run);
  return { kind: 'finished', state, result: stored, isReplay: false };
}

/** Readers follow the record; what fails here the detector completes (B16). */
async function copyQuietly({ ports, record }: Run): Promise<void> {
  try {
    await ports.publication.publish(record);
  } catch (error) {
    ports.log.warn('publication_postponed', { error: describeError(error) });
  }
}

async function removeQuietly(workdir: Workdir, { ports }: Run): Promise<void> {
  try {
    await removeWorkdir(workdir);
  } catch (error) {
    ports.log.warn('temporary_folder_not_removed', {
      error: describeError(error),
      name: path.basename(workdir.root),
    });
  }
}
