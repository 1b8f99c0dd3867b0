import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { AfterRun } from '../../../../runtime/files/after-run.ts';
import { runLocally } from '../../../../runtime/files/local-run.ts';
import { LoginRefusedError } from '../../../../runtime/files/use-secret.ts';
import { buildWorkerHandler } from '../../../../runtime/files/worker-handler.ts';
import { FakeSecrets } from '../../../support/fake-secrets.ts';
import { LogCapture } from '../../../support/log-capture.ts';
import { Cloud } from './cloud.ts';
import { YAML } from './delivery.ts';
import { context, event } from './world.ts';

const GOOD = 'id,name\n1,a\n2,b\n';
const SENDER = { casilla_id: 7, emisor_id: 8, metodo_envio: 'sftp' };

/** A function with a step of its own; `run` answers the result and the report of a delivery. */
class Stepping extends Cloud {
  private runs = 0;
  readonly handler;

  constructor(afterRun: AfterRun, hasSecrets = true) {
    super();
    const { dynamodb, s3, clock } = this;
    const clients = hasSecrets ? this : { dynamodb, s3, clock };
    this.handler = buildWorkerHandler({ ...this.options, clients, afterRun });
  }

  async run(options: object = SENDER, content = GOOD, remainingMillis?: number) {
    const executionId = `e${++this.runs}`;
    await this.put('data.csv', content, executionId);
    const input_files = [{ source_execution_id: executionId, filename: 'data.csv' }];
    const given = event({ execution_id: executionId, yaml_config: YAML, input_files, options });
    const reply = await this.handler(given, context(remainingMillis));
    if (!('statusCode' in reply)) throw new Error('no reply');
    const { result } = JSON.parse(reply.body);
    return {
      result,
      statusCode: reply.statusCode,
      report: JSON.parse(this.text('report.json', executionId)),
    };
  }
}

/** A dependency that knows one password. */
class Warehouse {
  readonly refused: string[] = [];
  logins = 0;

  constructor(public password: string) {}

  async login(password: string): Promise<void> {
    if (password === this.password) this.logins += 1;
    else {
      this.refused.push(password);
      throw new LoginRefusedError({ cause: new Error(`wrong password ${password}`) });
    }
  }
}

const SECRETS = ['first-value-1111', 'second-value-2222', 'third-value-3333'] as const;

test('files T59: a secret that was rotated is read again once, the second login succeeds, and no line holds a value', async () => {
  const [first, second, third] = SECRETS;
  const warehouse = new Warehouse(first);
  const cloud = new Stepping(async (_checked, { useSecret }) => {
    await useSecret('warehouse', (password) => warehouse.login(password));
    // Rotated in the middle of the first run.
    if (warehouse.logins > 1) return;
    warehouse.password = second;
    cloud.secretsManager.secrets.set('warehouse', second);
    await useSecret('warehouse', (password) => warehouse.login(password));
  });
  const reads = () => cloud.secretsManager.tap.calls.length;
  cloud.secretsManager.secrets.set('warehouse', first);
  const { result, report } = await cloud.run();
  expect(warehouse).toMatchObject({ refused: [first], logins: 2 });
  expect(reads()).toBe(2);
  expect(cloud.logs.of('after_run_failed')).toEqual([]);

  // The new value is kept for 15 minutes, over executions.
  await cloud.run();
  expect(warehouse.logins).toBe(3);
  expect(reads()).toBe(2);
  await cloud.clock.advance(900_000);
  await cloud.run();
  expect(reads()).toBe(3);

  // A value that is refused after it was read again is a warning: one repetition, not more.
  warehouse.password = third;
  const failed = await cloud.run();
  expect(warehouse.refused).toEqual([first, second, second]);
  expect(reads()).toBe(4);
  expect(cloud.logs.of('after_run_failed')).toMatchObject([
    { level: 'WARN', execution_id: 'e4', error: expect.stringContaining('LoginRefusedError') },
  ]);
  expect([result.verdict, failed.result.verdict]).toEqual(['Éxito', 'Éxito']);

  const stored = ['output.log', 'results.txt', 'report.html'].map((name) => cloud.text(name, 'e4'));
  const told = [cloud.logs.text, JSON.stringify([report, failed]), ...stored].join('\n');
  for (const value of SECRETS) expect(told).not.toContain(value);
});

test('the step gets the delivery and its outputs before they are published; the report names the sender', async () => {
  const seen: unknown[] = [];
  const cloud = new Stepping(async ({ outputsFolder, result, ...rest }) => {
    const output = await readFile(path.join(outputsFolder, 'output.csv'), 'utf8');
    const isStored = cloud.keys.some((key) => key.endsWith('report.json'));
    seen.push({ ...rest, output, verdict: result.verdict, isStored });
  });
  const { report } = await cloud.run();
  const sender = { casillaId: 7, emisorId: 8, metodoEnvio: 'sftp' };
  expect(seen).toEqual([
    { executionId: 'e1', sender, output: 'id,name\r\n1,a\r\n2,b\r\n', verdict: 'Éxito', isStored: false },
  ]);
  expect(report.execution_info).toMatchObject(SENDER);
  expect(cloud.secretsManager.tap.calls).toEqual([]);
});

test.each([
  ['errors', SENDER, 'id,name\n1,\n'],
  ['no mailbox', { emisor_id: 8 }, GOOD],
])('the step does not run with %s', async (_name, options, content) => {
  let runs = 0;
  const cloud = new Stepping(async () => {
    runs += 1;
  });
  expect((await cloud.run(options, content)).statusCode).toBe(200);
  expect(runs).toBe(0);
});

test('a step that fails is a warning in the log and an event of the report; the verdict stays', async () => {
  const cloud = new Stepping(() => {
    throw new Error('refused:\n    at hunter2');
  });
  const { result, report, statusCode } = await cloud.run();
  expect(statusCode).toBe(200);
  expect(result).toMatchObject({ verdict: 'Éxito', counts: { warnings: 0 } });
  expect(cloud.record).toMatchObject({ state: { S: 'SUCCEEDED' } });
  const [line] = cloud.logs.of('after_run_failed');
  expect(line).toMatchObject({ level: 'WARN', error: expect.stringMatching(/^Error at /) });
  expect(report.summary).toMatchObject({ status: 'Éxito', warnings: 0 });
  const noted = { code: 'AFTER_RUN_FAILED', error_id: line?.error_id };
  expect(report.events.at(-1)).toMatchObject({ severity: 'warning', details: noted });
  expect(report.events.length).toBeGreaterThan(1);
  for (const name of ['output.log', 'log.txt']) expect(cloud.text(name)).toContain(String(line?.error_id));
  expect(cloud.logs.text + JSON.stringify(report)).not.toContain('hunter2');
});

test.each([
  ['missing', undefined, 'ResourceNotFoundException'],
  ['binary', new Uint8Array([1]), 'binary'],
])('a secret that is %s: the line says what to do', async (_name, value, cause) => {
  const cloud = new Stepping(async (_checked, { useSecret }) => useSecret('warehouse', async () => {}));
  if (value) cloud.secretsManager.secrets.set('warehouse', value);
  await cloud.run();
  const error = `FilesError: The secret could not be read (${cause}). Check that it exists`;
  expect(cloud.logs.of('after_run_failed')).toMatchObject([{ error: expect.stringContaining(error) }]);
});

test('a step that hangs is given up so early that the outputs can be stored', async () => {
  const aborted: unknown[] = [];
  const cloud = new Stepping(
    (_checked, { signal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => aborted.push(signal.reason.code));
        void cloud.clock.advance(45_000);
      }),
  );
  const { result } = await cloud.run(SENDER, GOOD, 120_000);
  expect(result.verdict).toBe('Éxito');
  expect(aborted).toEqual(['AFTER_RUN_TOO_SLOW']);
  expect(cloud.logs.of('after_run_failed')).toMatchObject([
    { error: expect.stringContaining('within the 45 seconds') },
  ]);
  // No time at all.
  await cloud.run(SENDER, GOOD, 75_000);
  expect(cloud.logs.of('after_run_failed')).toHaveLength(2);
});

test('the client of the function is made with the first secret, and asks the service', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.on('data', (body) => asked.push(String(body)));
    request.on('end', () => response.end(JSON.stringify({ SecretString: 'value' })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'eu-north-1');
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
  const used: string[] = [];
  const cloud = new Stepping(
    async (_checked, { useSecret }) => useSecret('warehouse', async (value) => void used.push(value)),
    false,
  );
  await cloud.run();
  await cloud.run();
  expect(used).toEqual(['value', 'value']);
  expect(asked).toEqual(['{"SecretId":"warehouse"}']);
});

test('on a host the same step runs, with its secret; one that hangs is left when the host stops', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'files-after-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stores = { localPath: path.join(folder, 'executions') };
  const run = (executionId: string, afterRun: AfterRun, drain: AbortSignal, hasSecrets = true) => {
    mkdirSync(path.join(stores.localPath, executionId), { recursive: true });
    writeFileSync(path.join(stores.localPath, executionId, 'data.csv'), GOOD);
    const input_files = [{ source_execution_id: executionId, filename: 'data.csv' }];
    return runLocally(
      event({ execution_id: executionId, yaml_config: YAML, input_files, options: SENDER }),
      {
        stores,
        environmentName: 'test',
        locale: 'en',
        temporaryFolder: path.join(folder, 't'),
        memoryMb: 512,
      },
      {
        ...{ write: logs.write, s3: never, dynamodb: never, presign: never, afterRun },
        ...(hasSecrets && { secretsManager: () => secretsManager }),
      },
      drain,
    );
  };
  const logs = new LogCapture();
  const secretsManager = new FakeSecrets();
  secretsManager.secrets.set('warehouse', 'value');
  const used: string[] = [];
  const use: AfterRun = async (_checked, { useSecret }) => {
    await useSecret('warehouse', async (value) => void used.push(value));
  };
  const done = await run('e1', use, new AbortController().signal);
  expect([done.kind, used]).toEqual(['finished', ['value']]);

  const drain = new AbortController();
  const hang: AfterRun = () => {
    drain.abort();
    return new Promise(() => {});
  };
  expect((await run('e2', hang, drain.signal)).kind).toBe('handed-back');
  // Nothing failed.
  expect(logs.of('after_run_failed')).toEqual([]);

  expect((await run('e3', use, new AbortController().signal, false)).kind).toBe('finished');
  expect(logs.of('after_run_failed')).toMatchObject([{ error: expect.stringContaining('has no client') }]);
});

const never = (): never => {
  throw new Error('nothing of AWS is used here');
};
