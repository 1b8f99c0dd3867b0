import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../runtime/core/clock.ts';
import { jsonLog } from '../../../../runtime/core/log.ts';
import { eventOf } from '../../../../runtime/files/event/write-event.ts';
import { takeIn } from '../../../../runtime/files/orchestrate/intake.ts';
import { threadRunner } from '../../../../runtime/files/orchestrate/thread-runner.ts';
import { createStores } from '../../../../runtime/files/store/create-stores.ts';
import { filesMetrics } from '../../../../runtime/files/store/metrics.ts';
import { YAML } from './delivery.ts';

const never = (): never => {
  throw new Error('nothing of AWS is used here');
};

test('a worker thread runs a delivery on the disk, from intake to the published report', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'files-thread-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, 'worker/index.mjs');
  await build({
    entryPoints: ['runtime/files/entries/pool-worker.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as r$}from'node:module';const require=r$(import.meta.url);",
    },
  });
  const localPath = path.join(folder, 'executions');
  const log = jsonLog(() => {}, Date.now);
  const stores = await createStores(
    { localPath },
    {
      clock: systemClock,
      log,
      metrics: filesMetrics(() => {}, Date.now, 'test'),
      target: 'local',
      s3: never,
      dynamodb: never,
      presign: never,
    },
  );
  const { storage, executions: store } = stores;
  mkdirSync(path.join(localPath, 'e1'), { recursive: true });
  writeFileSync(path.join(localPath, 'e1/data.csv'), 'id,name\n1,a\n2,b\n');
  const inputs = [{ sourceExecutionId: 'e1', filename: 'data.csv' }];
  const record = await takeIn({ executionId: 'e1', yamlText: YAML, inputs }, { storage, store });
  const dispatched = await store.dispatch(record, { target: 'local', reason: 'local-slot-free' });
  const settings = {
    stores: { localPath },
    environmentName: 'test',
    locale: 'es',
    temporaryFolder: path.join(folder, 'tmp'),
    memoryMb: 512,
  };
  const run = threadRunner(pathToFileURL(outfile), settings);
  await run(eventOf(dispatched.record!, false), new AbortController().signal);
  const done = await store.get('e1');
  expect(done).toMatchObject({ state: 'SUCCEEDED', target: 'local', counts: { records: 2 } });
  expect(done?.publishedAt).toBeDefined();
  expect(await storage.exists('e1', 'report.html')).toBe(true);
  stores.close();
  await expect(run({ bad: 1 }, new AbortController().signal)).rejects.toThrow();
}, 60_000);
