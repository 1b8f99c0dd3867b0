import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostLoad } from '../../../cli/files/host-load.ts';
import { awsError } from '../../support/tap.ts';
import { hookline } from '../capture.ts';
import { ALIAS, DeployedFiles, DISPATCH } from './deployed.ts';

const SPEC = `sage_yaml: {name: Pedidos, description: d, version: "1", author: a}
catalogs:
  pedidos:
    name: Pedidos
    description: d
    filename: pedidos.csv
    file_format: {type: CSV, delimiter: ";", header: true}
    fields: [{name: id, type: texto, required: true}, {name: cantidad, type: entero}]
packages:
  pedidos: {name: Pedidos, description: d, file_format: {type: CSV}, catalogs: [pedidos]}
`;

let folder: string;
let executions: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hookline-daemon-'));
  executions = at('executions');
  await writeFile(at('pedidos.yaml'), SPEC);
  await writeFile(at('pedidos.csv'), 'id;cantidad\na;1\nb;2\n');
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...names: readonly string[]) => path.join(folder, ...names);
const submit = (...flags: readonly string[]) =>
  hookline(['files', 'submit', at('pedidos.yaml'), at('pedidos.csv'), '--local', executions, ...flags]);
const daemon = (flags: readonly string[], interruption?: () => AbortSignal) =>
  hookline(['files', 'daemon', '--local', executions, ...flags], interruption && { interruption });
const stateOf = async (id: string) => {
  const { out } = await hookline(['files', 'redrive', id, '--dry-run', '--local', executions]);
  return out.split(/ {2,}/)[2]?.trim();
};

describe('hookline files submit', () => {
  test('stores the delivery, makes its record and prints the id', async () => {
    const { exitCode, out, error } = await submit('--uuid', 'e1');
    expect(error).toBe('');
    expect(out).toBe('e1\n');
    expect(exitCode).toBe(0);
    expect(await stateOf('e1')).toBe('PENDING');
    expect(await readFile(at('executions/e1/in/pedidos.csv'), 'utf8')).toContain('b;2');
    const again = await submit('--json');
    expect(JSON.parse(again.out)).toMatchObject({
      executionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: 'PENDING',
      inputs: [
        { filename: 'in/pedidos.csv', sizeBytes: 20, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ],
    });
  });

  test('changes no execution that is there', async () => {
    await submit('--uuid', 'e1');
    await writeFile(at('pedidos.csv'), 'id;cantidad\nother;1\n');
    const { exitCode, error } = await submit('--uuid', 'e1');
    expect(exitCode).toBe(1);
    expect(error).toContain('There is an execution e1 already: PENDING.');
    expect(await readFile(at('executions/e1/in/pedidos.csv'), 'utf8')).toContain('b;2');
  });

  test('hands over nothing that cannot be run', async () => {
    await writeFile(at('pedidos.yaml'), SPEC.replace('type: entero', 'type: foo'));
    const broken = await submit('--uuid', 'e1');
    expect(broken.exitCode).toBe(1);
    expect(broken.error).toContain('type: foo');
    await writeFile(at('pedidos.yaml'), SPEC);
    expect((await submit(at('pedidos.csv'))).error).toContain('Two files are named pedidos.csv');
    expect((await submit(at('nothing.csv'))).error).toContain('nothing.csv');
    expect((await submit('--uuid', '../x')).exitCode).toBe(2);
    expect(await stateOf('e1')).toBeUndefined();
  });
});

describe('hookline files daemon', () => {
  test('runs what waits on this host, in one pass, and says so', async () => {
    await submit('--uuid', 'e1', '--casilla-id', '7', '--emisor-id', '8', '--metodo-envio', 'sftp');
    await submit('--uuid', 'e2');
    const { exitCode, out, error } = await daemon(['--once', '--slots', '1']);
    expect(error).toBe('');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^\d\d:\d\d:\d\d {2}execution_started_locally {2}execution_id=e1 {2}attempt=1 /m);
    expect(out).toMatch(/ execution_finished {2}.*execution_id=e1/);
    expect(out).toMatch(/ daemon_pass {2}local=2 {2}lambda=0 {2}failed=0$/m);
    expect(out).not.toContain('_aws');
    expect(await stateOf('e1')).toBe('SUCCEEDED');
    expect(await stateOf('e2')).toBe('SUCCEEDED');
    const report = JSON.parse(await readFile(at('executions/e1/report.json'), 'utf8'));
    expect(report.execution_info).toMatchObject({ casilla_id: 7, emisor_id: 8, metodo_envio: 'sftp' });
  }, 60_000);

  test('prints lines of JSON, and its metrics', async () => {
    await submit('--uuid', 'e1');
    const { out } = await daemon(['--once', '--json']);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['detector_pass', 'daemon_pass', 'execution_started', 'execution_finished']),
    );
    expect(lines.some((line) => line._aws && line.Environment === 'local' && line.Target === 'local')).toBe(
      true,
    );
  }, 60_000);

  test('is the detector, too: what fell silent runs again', async () => {
    await submit('--uuid', 'e1');
    const hours = { nowMillis: () => Date.now() - 7_200_000, sleep: async () => {} };
    const { createStores } = await import('../../../runtime/files/store/create-stores.ts');
    const { filesMetrics } = await import('../../../runtime/files/store/metrics.ts');
    const { jsonLog } = await import('../../../runtime/core/log.ts');
    const never = () => {
      throw new Error('unused');
    };
    const stores = await createStores(
      { localPath: executions },
      {
        clock: hours,
        s3: never,
        dynamodb: never,
        presign: never,
        log: jsonLog(() => {}, Date.now),
        metrics: filesMetrics(() => {}, Date.now, 'test'),
        target: 'local',
      },
    );
    const record = await stores.executions.get('e1');
    const dispatched = await stores.executions.dispatch(record!, { target: 'local', reason: 'affinity' });
    await stores.executions.start(dispatched.record!, 'dead-owner');
    stores.close();
    const { out } = await daemon(['--once']);
    expect(out).toMatch(/ execution_stale {2}execution_id=e1 .*no heartbeat/);
    expect(await stateOf('e1')).toBe('RETRY_WAIT');
  }, 60_000);

  test('hands back what runs when it is told to stop', async () => {
    await writeFile(at('pedidos.csv'), `id;cantidad\n${'a;1\n'.repeat(8_000_000)}`);
    await submit('--uuid', 'e1');
    await submit('--uuid', 'e2');
    const stop = new AbortController();
    // One slot: the pass itself waits for it meanwhile.
    const running = daemon(['--slots', '1'], () => stop.signal);
    await expect.poll(() => stateOf('e1'), { timeout: 30_000, interval: 50 }).toBe('RUNNING');
    stop.abort();
    const { exitCode, out } = await running;
    expect(exitCode).toBe(0);
    expect(out).toContain('daemon_draining');
    expect(out).toMatch(/ execution_handed_back .*execution_id=e1/);
    expect(await stateOf('e1')).toBe('PENDING');
    expect(await stateOf('e2')).toBe('PENDING');
  }, 60_000);

  test.each(['0', '65', '1.5', 'x'])('refuses %s slots', async (count) => {
    const { exitCode, error } = await daemon(['--slots', count]);
    expect(exitCode).toBe(2);
    expect(error).toContain('a whole number from 1 to 64');
  });
});

describe('hookline files daemon, of a deployment', () => {
  /** A delivery whose sender wants it on Lambda, so that no thread is needed. */
  async function handedOver(deployment: DeployedFiles) {
    const delivery = [at('pedidos.yaml'), at('pedidos.csv'), '--uuid', 'e1'];
    const { exitCode, error } = await deployment.run(['files', 'submit', ...delivery]);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    expect(deployment.dynamodb.item('e1', 'shop_executions')).toMatchObject({ state: { S: 'PENDING' } });
    expect([...deployment.s3.buckets.get('shop-executions')!.keys()]).toEqual(
      expect.arrayContaining(['executions/e1/in/pedidos.csv', 'executions/e1/cfg/config.yaml']),
    );
    await deployment.dynamodb.send(
      new UpdateItemCommand({
        TableName: 'shop_executions',
        Key: { execution_id: { S: 'e1' } },
        UpdateExpression: 'SET options = :options',
        ExpressionAttributeValues: { ':options': { M: { affinity: { S: 'lambda' } } } },
      }),
    );
  }

  test('sends to the alias of its function', async () => {
    const deployment = new DeployedFiles();
    await handedOver(deployment);
    const { exitCode, out, error } = await deployment.run(['files', 'daemon', '--once']);
    expect(error).toBe('');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/ execution_dispatched {2}execution_id=e1 {2}attempt=1 {2}reason=affinity$/m);
    expect(out).toMatch(/ daemon_pass {2}local=0 {2}lambda=1 {2}failed=0$/m);
    expect(deployment.lambda.invocations).toMatchObject([
      { functionName: ALIAS, invocationType: 'Event', payload: { execution_id: 'e1', attempt: 1 } },
    ]);
    // The deployed detector alone detects.
    expect(out).not.toContain('detector_pass');
  });

  test('puts executions into its queue where it has one', async () => {
    const deployment = new DeployedFiles({ SAGE_DISPATCH_QUEUE_URL: DISPATCH });
    await handedOver(deployment);
    const { out } = await deployment.run(['files', 'daemon', '--once']);
    expect(out).toMatch(/ daemon_pass {2}local=0 {2}lambda=1 {2}failed=0$/m);
    expect(deployment.lambda.invocations).toEqual([]);
    expect(deployment.sqs.messages(DISPATCH).map(({ body }) => JSON.parse(body))).toMatchObject([
      { execution_id: 'e1', attempt: 1 },
    ]);
  });

  test('says that there is none, and that a pass failed', async () => {
    const deployment = new DeployedFiles();
    deployment.lambda.functions.delete('shop-detector');
    const absent = await deployment.run(['files', 'daemon', '--once']);
    expect(absent.exitCode).toBe(1);
    expect(absent.error).toContain('no function shop-detector');
    const denied = new DeployedFiles();
    denied.dynamodb.tap.before = ({ name }) => {
      if (name === 'Query') throw awsError('AccessDeniedException', 400);
    };
    const failed = await denied.run(['files', 'daemon', '--once']);
    expect(failed.out).toContain('daemon_pass_failed');
    expect(failed.error).toContain('The pass failed');
    expect(failed.exitCode).toBe(1);
  });
});

describe('load of the host', () => {
  test('is the mean of a minute without the own workers; of memory, what is used', () => {
    let [nowMillis, busy, idle, own] = [0, 0, 0, 0];
    const load = hostLoad(
      {
        cpus: () => [
          { times: { user: busy / 2, idle: idle / 2 } },
          { times: { user: busy / 2, idle: idle / 2 } },
        ],
        ownMillis: () => own,
        loadAverage: () => 0.5,
        memory: () => ({ freeBytes: 25, totalBytes: 100 }),
      },
      () => nowMillis,
    );
    const later = (seconds: number, used: number, ours: number) => {
      nowMillis += seconds * 1000;
      busy += used * 1000;
      idle += (seconds * 2 - used) * 1000;
      own += ours * 1000;
      return load();
    };
    // The host's own mean at first: half a process on two CPUs.
    expect(later(0, 0, 0)).toEqual({ cpu_percent: 25, memory_percent: 75 });
    expect(later(60, 120, 0).cpu_percent).toBe(100);
    // Three quarters are busy, a quarter of it is not ours.
    expect(later(60, 90, 60).cpu_percent).toBe(25);
    // Of the whole minute, and not only of the last seconds.
    expect(later(10, 20, 0).cpu_percent).toBeCloseTo((100 * (90 - 60 + 20)) / 140);
  });
});
