import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { workerTokens } from '../../../runtime/bot/worker-tokens.ts';
import { jsonLog } from '../../../runtime/core/log.ts';
import type { FakeS3 } from '../../support/fake-s3.ts';
import { asynchronous, context, textJob, workerWorld } from './worker-world.ts';

const REFRESH_MILLIS = 301_000;

/** A worker whose environment names token files; the package lies in a folder of its own. */
function tokenWorld(environment: Readonly<Record<string, string>>, agent?: Agent) {
  const packageRoot = mkdtempSync(join(tmpdir(), 'hookline-package-'));
  onTestFinished(() => rmSync(packageRoot, { recursive: true, force: true }));
  const world = workerWorld({
    environment: {
      LAMBDA_TASK_ROOT: packageRoot,
      SPECIAL_TOKEN_FILES_JSON: '["google.json"]',
      ...environment,
    },
    ...(agent && { agent }),
  });
  let messages = 0;
  const message = async () => {
    messages += 1;
    world.tap.clear();
    await world.worker(asynchronous(textJob(`message ${messages}`, `wamid.${messages}`)), context());
  };
  const tokenCalls = () =>
    world.tap.details.filter(({ input }) => String(input.Key).startsWith('secrets/')).map(({ name }) => name);
  const local = (name = 'google.json') => readFileSync(join(world.tmp, name), 'utf8');
  const warnings = (line: string) => world.lines.filter(({ message: text }) => text === line);
  return { ...world, packageRoot, message, tokenCalls, local, warnings };
}

let version = 0;
const put = (s3: FakeS3, text: string, name = 'google.json') => {
  version += 1;
  const object = { body: Buffer.from(text), etag: `"v${version}"`, contentType: undefined };
  s3.buckets.get('bucket')?.set(`secrets/${name}`, object);
};
const stored = (s3: FakeS3, name = 'google.json') =>
  Buffer.from(s3.object(`secrets/${name}`)?.body ?? []).toString('utf8');

test('bot A44: a token file comes from the bucket, else from the package, else there is a warning', async () => {
  const world = tokenWorld({ SPECIAL_TOKEN_FILES_JSON: '["both.json", "packaged.json", "nowhere.json"]' });
  put(world.s3, 'from S3', 'both.json');
  writeFileSync(join(world.packageRoot, 'both.json'), 'from the package');
  writeFileSync(join(world.packageRoot, 'packaged.json'), 'from the package', { mode: 0o644 });
  await world.message();
  expect(world.local('both.json')).toBe('from S3');
  expect(world.local('packaged.json')).toBe('from the package');
  expect(existsSync(join(world.tmp, 'nowhere.json'))).toBe(false);
  expect(world.warnings('token_file_missing')).toEqual([expect.objectContaining({ name: 'nowhere.json' })]);
  for (const name of ['both.json', 'packaged.json'])
    expect(statSync(join(world.tmp, name)).mode & 0o777).toBe(0o600);
  expect(readdirSync(world.tmp).sort()).toEqual(['both.json', 'history', 'packaged.json']);
  expect(world.provider.sent).toHaveLength(1);
});

test('bot A44: bad names are rejected with a warning, and nothing is written outside the folder', async () => {
  const bad = ['../x', 7, '', 'a/b', 'a\\b', './c', '.', 'd\0', ' ', null, {}];
  const world = tokenWorld({ SPECIAL_TOKEN_FILES_JSON: JSON.stringify([...bad, 'good.json']) });
  for (const name of [...bad, 'good.json']) put(world.s3, 'content', String(name));
  await world.message();
  expect(readdirSync(world.tmp).sort()).toEqual(['good.json', 'history']);
  expect(existsSync(join(world.tmp, '..', 'x'))).toBe(false);
  expect(world.tokenCalls()).toEqual(['GetObject']);
  expect(world.warnings('token_file_name_rejected')).toEqual([expect.objectContaining({ entries: 11 })]);
  await world.message();
  expect(world.warnings('token_file_name_rejected')).toHaveLength(1);
});

test.each(['{"a": 1}', 'not json', '"google.json"'])(
  'SPECIAL_TOKEN_FILES_JSON = %s names no file and warns',
  async (value) => {
    const world = tokenWorld({ SPECIAL_TOKEN_FILES_JSON: value });
    await world.message();
    expect(world.tokenCalls()).toEqual([]);
    expect(world.warnings('configuration_warning')).toEqual([
      expect.objectContaining({ warning: expect.stringContaining('SPECIAL_TOKEN_FILES_JSON') }),
    ]);
  },
);

test('a file that is in the folder already is kept; the folder of another bucket key is not asked', async () => {
  const world = tokenWorld({});
  put(world.s3, 'from S3');
  writeFileSync(join(world.tmp, 'google.json'), 'already here');
  await world.message();
  expect(world.local()).toBe('already here');
  expect(world.tokenCalls()).toEqual([]);
});

test('SYNC_TOKENS_S3 = false takes the package’s copy and asks nobody', async () => {
  const world = tokenWorld({ SYNC_TOKENS_S3: 'false', TOKEN_WRITE_BACK: 'true' });
  put(world.s3, 'from S3');
  writeFileSync(join(world.packageRoot, 'google.json'), 'from the package');
  await world.message();
  expect(world.local()).toBe('from the package');
  expect(world.tokenCalls()).toEqual([]);
});

test('an empty prefix is the bare file name', async () => {
  const world = tokenWorld({ TOKENS_S3_PREFIX: ' / ' });
  const object = { body: Buffer.from('from the root'), etag: '"r"', contentType: undefined };
  world.s3.buckets.get('bucket')?.set('google.json', object);
  await world.message();
  expect(world.local()).toBe('from the root');
});

test('bot A45: a token rotated in S3 stays there, and is used here after the refresh', async () => {
  const world = tokenWorld({ TOKEN_WRITE_BACK: 'true' });
  put(world.s3, 'first');
  await world.message();
  expect(world.local()).toBe('first');
  put(world.s3, 'rotated');
  await world.message();
  expect(stored(world.s3)).toBe('rotated');
  expect(world.tokenCalls()).toEqual([]);
  world.clock.jump(REFRESH_MILLIS);
  await world.message();
  expect(stored(world.s3)).toBe('rotated');
  expect(world.local()).toBe('rotated');
  expect(world.tokenCalls()).toEqual(['GetObject']);
  world.clock.jump(REFRESH_MILLIS);
  await world.message();
  expect(world.tap.details.find(({ input }) => input.Key === 'secrets/google.json')?.input).toMatchObject({
    IfNoneMatch: `"v${version}"`,
  });
});

/** An agent that writes its token file when it is told to. */
const renewing =
  (write: () => void): Agent =>
  () => {
    write();
    return 'done';
  };

test('what the agent changed is stored once, under the ETag it came with', async () => {
  let content = '';
  const world = tokenWorld(
    { TOKEN_WRITE_BACK: 'true' },
    renewing(() => content && writeFileSync(join(world.tmp, 'google.json'), content)),
  );
  put(world.s3, 'first');
  await world.message();
  expect(world.tokenCalls()).toEqual(['GetObject']);
  content = 'renewed';
  await world.message();
  expect(world.tokenCalls()).toEqual(['PutObject']);
  expect(world.tap.details.find(({ input }) => input.Key === 'secrets/google.json')?.input).toMatchObject({
    IfMatch: `"v${version}"`,
  });
  expect(stored(world.s3)).toBe('renewed');
  await world.message();
  expect(world.tokenCalls()).toEqual([]);
});

test('bot A45: rotated in S3 and changed here: the copy in S3 wins', async () => {
  const world = tokenWorld(
    { TOKEN_WRITE_BACK: 'true' },
    renewing(() => writeFileSync(join(world.tmp, 'google.json'), 'stale')),
  );
  put(world.s3, 'first');
  world.tap.after = ({ name, input }) => {
    // The operator rotates it between the download and the end of the turn.
    if (name === 'GetObject' && input.Key === 'secrets/google.json' && stored(world.s3) === 'first')
      put(world.s3, 'rotated');
  };
  await world.message();
  expect(stored(world.s3)).toBe('rotated');
  expect(world.local()).toBe('rotated');
  expect(world.warnings('token_file_changed_elsewhere')).toHaveLength(1);
});

test('without write-back nothing is stored; a refused write-back costs no reply', async () => {
  const change: Agent = () => {
    for (const tmp of tmps) writeFileSync(join(tmp, 'google.json'), 'changed');
    return 'done';
  };
  const tmps: string[] = [];
  const quiet = tokenWorld({}, change);
  tmps.push(quiet.tmp);
  put(quiet.s3, 'first');
  await quiet.message();
  expect(stored(quiet.s3)).toBe('first');
  const refused = tokenWorld({ TOKEN_WRITE_BACK: 'true' }, change);
  tmps.push(refused.tmp);
  put(refused.s3, 'first');
  refused.tap.before = ({ name, input }) => {
    if (name === 'PutObject' && input.Key === 'secrets/google.json')
      throw Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  };
  await refused.message();
  expect(refused.provider.sent).toHaveLength(1);
  expect(refused.warnings('token_file_not_stored')).toHaveLength(1);
});

test('a file that was nowhere and that the agent made is stored; a turn that fails stores it, too', async () => {
  const world = tokenWorld({ TOKEN_WRITE_BACK: 'true' }, () => {
    writeFileSync(join(world.tmp, 'google.json'), 'made');
    throw new Error('and then it failed');
  });
  await world.message().catch(() => {});
  expect(stored(world.s3)).toBe('made');
});

test('S3 that does not answer at a refresh leaves the file as it is; at the start the message comes back', async () => {
  const world = tokenWorld({});
  put(world.s3, 'first');
  await world.message();
  world.clock.jump(REFRESH_MILLIS);
  const down = (key: unknown) => {
    if (key === 'secrets/google.json') throw Object.assign(new Error('down'), { name: 'InternalError' });
  };
  world.tap.before = ({ input }) => down(input.Key);
  await world.message();
  expect(world.local()).toBe('first');
  expect(world.warnings('token_file_not_refreshed')).toHaveLength(1);
  const cold = tokenWorld({});
  put(cold.s3, 'first');
  cold.tap.before = ({ input }) => down(input.Key);
  await expect(cold.message()).rejects.toThrow('s3:GetObject');
});

test('settings that the parameter may change are not read before it', async () => {
  const world = tokenWorld({ ENV_PARAMETER_NAME: '/bot/env' });
  world.ssm.parameters.set('/bot/env', 'TOKENS_S3_PREFIX=/keys/');
  world.s3.buckets
    .get('bucket')
    ?.set('keys/google.json', { body: Buffer.from('right'), etag: '"1"', contentType: undefined });
  put(world.s3, 'wrong');
  await world.message();
  expect(world.local()).toBe('right');
});

test('TOKEN_ENV_MAP_JSON names the file for the agent, unless the variable is set', async () => {
  const seen: (string | undefined)[] = [];
  const names = ['GOOGLE_APPLICATION_CREDENTIALS', 'TAKEN', 'FROM_PARAMETER', 'ABSENT_FILE'];
  const map = Object.fromEntries(names.map((name, n) => [n === 3 ? 'absent.json' : `${n}.json`, name]));
  const world = tokenWorld(
    {
      SPECIAL_TOKEN_FILES_JSON: '["0.json"]',
      ENV_PARAMETER_NAME: '/bot/env',
      TAKEN: 'mine',
      TOKEN_ENV_MAP_JSON: JSON.stringify({ ...map, '../x': 'BAD', 'y.json': 'NOT A NAME', 'z.json': 7 }),
    },
    (_, { getKey }) => {
      seen.push(...names.map(getKey), getKey('BAD'));
      return null;
    },
  );
  world.ssm.parameters.set('/bot/env', 'FROM_PARAMETER=theirs');
  put(world.s3, 'first', '0.json');
  await world.message();
  expect(seen).toEqual([
    join(world.tmp, '0.json'),
    'mine',
    'theirs',
    join(world.tmp, 'absent.json'),
    undefined,
  ]);
  expect(world.warnings('token_variable_without_file')).toEqual([
    expect.objectContaining({ variable: 'ABSENT_FILE' }),
  ]);
  expect(world.warnings('configuration_warning')).toEqual([
    expect.objectContaining({ warning: expect.stringContaining('TOKEN_ENV_MAP_JSON') }),
  ]);
});

test('a variable is put once where libraries look for it', async () => {
  const world = tokenWorld({});
  const set: string[] = [];
  const real = {
    SPECIAL_TOKEN_FILES_JSON: '[]',
    TOKEN_ENV_MAP_JSON: '{"a.json": "A"}',
    MAWS_TMP_DIR: world.tmp,
  };
  const tokens = workerTokens({
    real,
    openStore: () => expect.fail('no file, no store'),
    setVariable: (name, value) => set.push(`${name}=${value}`),
    clock: world.clock,
    log: jsonLog(
      () => {},
      () => world.clock.nowMillis(),
    ),
  });
  for (let turn = 0; turn < 2; turn++) {
    await tokens.prepare();
    expect(await tokens.bring(real)).toMatchObject({ A: join(world.tmp, 'a.json') });
  }
  expect(set).toEqual([`A=${join(world.tmp, 'a.json')}`]);
});
