import { expect, test } from 'vitest';
import { context, event, result, World, writing } from './world.ts';

const ready = async () => {
  const world = new World();
  await world.put('data.csv', 'a\n1\n');
  return world;
};

const broken = (world: World, name: string) => {
  const { storage } = world;
  const readStream: typeof storage.readStream = (id, file, options) => {
    if (file === name) throw new Error(`cannot open /var/secret/${file}`);
    return storage.readStream(id, file, options);
  };
  return new Proxy(storage, {
    get: (target, key) =>
      key === 'readStream'
        ? readStream
        : (Reflect.get(target, key) as (...args: unknown[]) => unknown).bind?.(target),
  });
};

test('files T20: a storage that throws is a 500 with an id, or rejects; error.log has the trace, the lock is gone', async () => {
  const world = await ready();
  const storage = broken(world, 'data.csv');
  const { status, body } = await world.run(event(), { storage });
  expect(status).toBe(500);
  expect(body).toMatchObject({
    status: 'error',
    execution_id: 'e1',
    error: 'EXECUTION_FAILED',
    retryable: true,
  });
  expect(JSON.stringify(body)).not.toMatch(/secret|at .*:\d+|stack/);
  expect(world.record).toMatchObject({
    state: 'ERRORED',
    retryable: true,
    errorId: body.error_id,
    errorClass: 'INTERNAL',
  });
  const text = await world.text('attempts/1-owner-1/error.log');
  expect(text).toMatch(
    /^Error: cannot open \/var\/secret\/data\.csv\n\nStack trace:\nError: cannot[^\n]*\n {4}at /,
  );
  expect(await world.text('error.log')).toBe(text);
  expect(world.locks.items.size).toBe(0);
  expect(world.count('ExecutionsErrored')).toBe(1);
  expect(world.lines.join('\n')).not.toContain('secret');
  expect(world.logged('execution_failed')[0].error_id).toBe(body.error_id);

  world.dispatched({ attempt: 2 });
  const again = world.handler({ storage, invocationMode: 'async' })(event({ attempt: 2 }), context());
  await expect(again).rejects.toThrow();
  expect(world.record).toMatchObject({ state: 'ERRORED', retryable: true, attempt: 2 });
  expect(world.locks.items.size).toBe(0);
});

test('files T21: inputs called config.yaml and output.csv are inputs, and are not published as outputs', async () => {
  const world = new World();
  await world.put('config.yaml', 'an input');
  await world.put('output.csv', 'another input');
  const seen: string[] = [];
  const given = world.process;
  world.process = async (input) => {
    const { readFile } = await import('node:fs/promises');
    for (const { name, path } of input.inputs) seen.push(`${name}: ${await readFile(path, 'utf8')}`);
    seen.push(await readFile(input.yamlPath, 'utf8'));
    return given(input);
  };
  const files = [{ filename: 'config.yaml' }, { filename: 'output.csv' }];
  const { status } = await world.run(event({ input_files: files }));
  expect(status).toBe(200);
  expect(seen).toEqual(['config.yaml: an input', 'output.csv: another input', 'sage_yaml: {}']);
  const manifest = JSON.parse(await world.text('manifest.json'));
  const output = manifest.outputs.find(({ name }: { name: string }) => name === 'output.csv');
  expect(output.bytes).toBe(4);
  expect(await world.text('attempts/1-owner-1/output.csv')).toBe('a\n1\n');
  // The inputs are what they were.
  expect(await world.text('output.csv')).toBe('another input');
  expect(await world.text('config.yaml')).toBe('an input');
});

test('files T22: files of an execution that is neither the own one nor a recorded parent are refused', async () => {
  const world = await ready();
  await world.put('data.csv', 'secret', 'e0');
  const foreign = event({ input_files: [{ source_execution_id: 'e0', filename: 'data.csv' }] });
  const { status, body } = await world.run(foreign);
  expect({ status, error: body.error, problems: body.problems }).toEqual({
    status: 400,
    error: 'SOURCE_NOT_ALLOWED',
    problems: [{ path: '$.input_files[0].source_execution_id', message: 'is not allowed' }],
  });
  expect(world.record).toMatchObject({ state: 'REJECTED', errorClass: 'CONFIG' });
  expect(world.locks.calls).toEqual([]);
  world.dispatched({ parents: ['e0'], inputs: [] });
  expect((await world.run({ ...foreign, attempt: 1 })).status).toBe(200);
  // Also by way of a list of inputs, or of the specification.
  world.dispatched({ inputs: [] });
  await world.put('cfg/inputs.json', JSON.stringify([{ source_execution_id: 'e0', filename: 'data.csv' }]));
  const { input_files, ...listed } = event({ attempt: 1, inputs_ref: { filename: 'cfg/inputs.json' } });
  expect((await world.run(listed)).body.error).toBe('SOURCE_NOT_ALLOWED');
  world.dispatched({ inputs: [] });
  const { yaml_config, ...referring } = event({
    attempt: 1,
    yaml_ref: { source_execution_id: 'e0', filename: 'c.yaml' },
  });
  expect((await world.run(referring)).body.problems[0].path).toBe('$.yaml_ref.source_execution_id');
});

test('files T23: a processor that fails midway leaves logs and error.log, no manifest; an earlier one stays', async () => {
  const world = await ready();
  await world.put('manifest.json', 'of before');
  await world.put('attempts/0-old/manifest.json', 'of before');
  const write = writing({
    'output.csv': 'half',
    'output.log': 'line\n',
    'log.txt': 'line\n',
    'report.json': '{',
  });
  world.process = async (input) => {
    await write(input);
    throw new Error('midway');
  };
  expect((await world.run(event())).status).toBe(500);
  const attempt = (await world.files()).filter((name) => name.startsWith('attempts/1-'));
  expect(attempt).toEqual(['error.log', 'log.txt', 'output.log'].map((name) => `attempts/1-owner-1/${name}`));
  expect(await world.text('manifest.json')).toBe('of before');
  expect(await world.text('attempts/0-old/manifest.json')).toBe('of before');
  expect(world.record.manifestKey).toBeUndefined();
  // A good attempt removes error.log from its plain name.
  world.process = write;
  world.dispatched({ attempt: 2 });
  expect((await world.run(event({ attempt: 2 }))).status).toBe(200);
  expect(await world.files()).not.toContain('error.log');
});

test('files T24: with 40 s left at a chunk the run ends, retryable, and the lock is gone', async () => {
  const world = await ready();
  const write = writing({ 'output.log': 'so far\n', 'output.csv': 'half' });
  world.process = async (input) => {
    await write(input);
    await world.clock.advance(860_000);
    input.signal.throwIfAborted();
    return result();
  };
  const { status, body } = await world.run(event());
  expect({ status, error: body.error }).toEqual({ status: 500, error: 'TIMEOUT_IMMINENT' });
  expect(world.record).toMatchObject({ state: 'ERRORED', retryable: true, errorClass: 'TIMEOUT' });
  expect(world.locks.items.size).toBe(0);
  expect(await world.text('attempts/1-owner-1/output.log')).toBe('so far\n');
  // Too late from the start: nothing is begun.
  world.dispatched({ attempt: 2 });
  expect((await world.run(event({ attempt: 2 }), {}, 40_000)).body.error).toBe('TIMEOUT_IMMINENT');
  expect(world.processed).toBe(1);
});
