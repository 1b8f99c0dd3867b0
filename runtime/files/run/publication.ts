import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { VERSION } from '../../core/version.ts';
import type { ExecutionStore } from '../store/execution-store.ts';
import { MANIFEST_VERSION, ownManifest, writeManifest } from '../store/manifest.ts';
import { manifestName } from '../store/paths.ts';
import { publish } from '../store/publish.ts';
import type { StorageAdapter } from '../store/storage.ts';
import type { Publication } from './ports.ts';

export interface PublicationPorts {
  readonly storage: StorageAdapter;
  readonly store: ExecutionStore;
  readonly clock: Pick<Clock, 'nowMillis'>;
  readonly log: Log;
}

/** Manifests in the storage of the executions. */
export function storedPublication({ storage, store, clock, log }: PublicationPorts): Publication {
  return {
    seal: (record, ownerId, { state, counts, outputs, result, configSha256 }) =>
      writeManifest(storage, {
        v: MANIFEST_VERSION,
        execution_id: record.executionId,
        attempt: record.attempt,
        owner_id: ownerId,
        state,
        counts: { ...counts },
        outputs: [...outputs],
        code_version: VERSION,
        config_sha256: configSha256,
        created_at: new Date(clock.nowMillis()).toISOString(),
        result,
      }),
    async sealedBy(record) {
      const { attempt, ownerId } = record;
      const manifest = await ownManifest(storage, record);
      return manifest && ownerId !== undefined
        ? { state: manifest.state, counts: manifest.counts, manifestKey: manifestName(attempt, ownerId) }
        : undefined;
    },
    publish: async (record) => void (await publish({ storage, executions: store, log }, record)),
  };
}
