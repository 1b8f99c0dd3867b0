/** `hookline/files`: checking of file deliveries (contract files §3). */

export type { AfterRun, AfterRunTools, CheckedDelivery } from './after-run.ts';
export { buildDetectorHandler } from './detector-handler.ts';
export { FilesError } from './errors.ts';
export { type LocalRunPorts, type LocalSettings, runLocally } from './local-run.ts';
export type { FilesClients, FilesHandlerOptions } from './options.ts';
export { FileProcessor, type FileProcessorOptions, SpecInvalidError } from './process/processor.ts';
export type { ProcessResult } from './process/result.ts';
export { type MadeFile, type RecordValues, recordsToFile } from './records/records-to-file.ts';
export { loadSpec } from './spec/load.ts';
export type { Problem, Spec } from './spec/types.ts';
export { createStorage, type StorageConfig } from './store/create-storage.ts';
export { createStores, type Stores, type StoresConfig } from './store/create-stores.ts';
export * from './store/errors.ts';
export type { ExecutionLock } from './store/execution-lock.ts';
export type { ExecutionRecord, ExecutionState } from './store/execution-record.ts';
export type { ExecutionStore } from './store/execution-store.ts';
export type { StorageAdapter } from './store/storage.ts';
export { LoginRefusedError, type UseSecret } from './use-secret.ts';
export { buildWorkerHandler } from './worker-handler.ts';
