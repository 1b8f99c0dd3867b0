import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { jsonLog } from '../../../../runtime/core/log.ts';
import { type HandlerPorts, lambdaHandler } from '../../../../runtime/files/invocation.ts';
import type { ProcessResult } from '../../../../runtime/files/process/result.ts';
import type { Processor } from '../../../../runtime/files/run/ports.ts';
import { storedPublication } from '../../../../runtime/files/run/publication.ts';
import { LocalStorage } from '../../../../runtime/files/store/local-storage.ts';
import { type LockItem, type LockTable, mayTake } from '../../../../runtime/files/store/lock-table.ts';
import type { FilesMetric } from '../../../../runtime/files/store/metrics.ts';
import type { StorageAdapter } from '../../../../runtime/files/store/storage.ts';
import { TableLock } from '../../../../runtime/files/store/table-lock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { MemoryExecutions } from './memory-executions.ts';

export const YAML = 'sage_yaml: {}';

/** Locks in memory; `calls` names each. */
export class MemoryLocks implements LockTable {
  readonly items = new Map<string, LockItem>();
  readonly calls: string[] = [];
  before: ((call: string) => void | Promise<void>) | undefined;

  private async call<T>(name: string, work: () => T): Promise<T> {
    this.calls.push(name);
    await this.before?.(name);
    return work();
  }

  take: LockTable['take'] = (request) =>
    this.call('take', () => {
      const item = this.items.get(request.key);
      if (item && !mayTake(item, request)) return { isTaken: false, item };
      const { ownerId, expiresAtSeconds, nowSeconds: acquiredAtSeconds } = request;
      this.items.set(request.key, { ownerId, expiresAtSeconds, acquiredAtSeconds });
      return { isTaken: true, previousOwnerId: item?.ownerId };
    });
  extend: LockTable['extend'] = (key, ownerId, nowSeconds, expiresAtSeconds) =>
    this.call('extend', () => {
      const item = this.items.get(key);
      if (item?.ownerId !== ownerId || item.expiresAtSeconds <= nowSeconds) return false;
      this.items.set(key, { ...item, expiresAtSeconds });
      return true;
    });
  remove: LockTable['remove'] = (key, ownerId) =>
    this.call('remove', () => this.items.get(key)?.ownerId === ownerId && this.items.delete(key));
  removeAny: LockTable['removeAny'] = (key) =>
    this.call('removeAny', () => {
      const item = this.items.get(key);
      this.items.delete(key);
      return item;
    });
  read: LockTable['read'] = (key) => this.call('read', () => this.items.get(key));
}

export const result = (over: Partial<ProcessResult> = {}): ProcessResult => ({
  execution_id: 'e1',
  verdict: 'Éxito',
  exit_code: 0,
  counts: { records: 3, errors: 0, warnings: 0, messages: 0 },
  success_rate: 100,
  files: [],
  rules: [],
  format_errors: [],
  missing_files: [],
  outputs: [],
  timings: { started_at: '', ended_at: '', duration_ms: 1 },
  limits_hit: [],
  ...over,
});

/** Leaves outputs as the reports do. */
export const writing =
  (files: Readonly<Record<string, string>>, over: Partial<ProcessResult> = {}): Processor =>
  async ({ executionDir }) => {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(executionDir, 'out', name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    return result(over);
  };

export const context = (remainingMillis = 900_000) => ({
  awsRequestId: 'r1',
  getRemainingTimeInMillis: () => remainingMillis,
});

/** Everything that a run touches, in memory and in a folder that ends with the test. */
export class World {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'files-run-'));
  readonly clock = new FakeClock({ auto: false });
  readonly locks = new MemoryLocks();
  readonly lines: string[] = [];
  readonly counted: [FilesMetric, number][] = [];
  readonly metrics = {
    count: (name: FilesMetric, value = 1) => void this.counted.push([name, value]),
    value: (name: FilesMetric, value: number) => void this.counted.push([name, value]),
  };
  readonly store = new MemoryExecutions(this.clock, this.metrics);
  readonly log = jsonLog(
    (line) => this.lines.push(line),
    () => this.clock.nowMillis(),
  );
  readonly lock = new TableLock({
    table: this.locks,
    clock: this.clock,
    log: this.log,
    metrics: this.metrics,
    ttlSeconds: 120,
    random: () => 0,
  });
  storage: StorageAdapter = new LocalStorage(path.join(this.folder, 'executions'));
  process: Processor = writing({ 'output.csv': 'a\n1\n', 'report.json': '{}', 'output.log': 'done\n' });
  /** How often the processor was called. */
  processed = 0;
  freeBytes = 4 * 1024 ** 3;
  private ids = 0;

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  ports(over: Partial<HandlerPorts> = {}): HandlerPorts {
    const { storage, store, lock, clock, log, metrics } = this;
    return {
      storage,
      store,
      lock,
      clock,
      log,
      metrics,
      publication: storedPublication({ storage: over.storage ?? storage, store, clock, log }),
      process: (input) => {
        this.processed += 1;
        return this.process(input);
      },
      target: 'lambda',
      locale: 'es',
      temporaryFolder: path.join(this.folder, `tmp-${this.ids}`),
      freeBytes: async () => this.freeBytes,
      newId: () => `owner-${++this.ids}`,
      invocationMode: 'sync',
      ...over,
    };
  }

  handler(over: Partial<HandlerPorts> = {}) {
    return lambdaHandler(this.ports(over));
  }

  /** Runs an event; status and body of the reply. */
  async run(event: object, over: Partial<HandlerPorts> = {}, remainingMillis?: number) {
    const reply = await this.handler(over)(event, context(remainingMillis));
    if (!('statusCode' in reply)) throw new Error('The answer is a batch');
    return { status: reply.statusCode, body: JSON.parse(reply.body) };
  }

  async put(name: string, content: string, executionId = 'e1'): Promise<void> {
    await this.storage.writeFile(executionId, name, Buffer.from(content));
  }

  async text(name: string, executionId = 'e1'): Promise<string> {
    return Buffer.from(await this.storage.readFile(executionId, name)).toString();
  }

  async files(executionId = 'e1'): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const name of this.storage.listFiles(executionId)) names.push(name);
    return names;
  }

  /** A record that waits for the event of its present attempt. */
  dispatched(over: object = {}) {
    return this.store.seed({
      executionId: 'e1',
      state: 'DISPATCHED',
      attempt: 1,
      inputs: [{ sourceExecutionId: 'e1', filename: 'data.csv' }],
      ...over,
    });
  }

  get record() {
    return this.store.records.get('e1')!;
  }

  count(name: FilesMetric): number {
    return this.counted.filter(([one]) => one === name).reduce((sum, [, value]) => sum + value, 0);
  }

  /** Fields of the lines of an event. */
  logged(event: string) {
    return this.lines.map((line) => JSON.parse(line)).filter(({ message }) => message === event);
  }

  /** Lets time go on while something runs. */
  async during<T>(work: Promise<T>, stepMillis = 1000): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await this.clock.advance(stepMillis);
    }
    return work;
  }
}

export const event = (over: object = {}) => ({
  execution_id: 'e1',
  yaml_config: YAML,
  input_files: [{ source_execution_id: 'e1', filename: 'data.csv' }],
  ...over,
});
