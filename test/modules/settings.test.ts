import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { schemaText } from '../../modules/publish.ts';
import { nearest, readSettings, SettingsError } from '../../modules/settings.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hookline-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: unknown) {
  const file = path.join(folder, 'hookline.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readSettings(file);
}

const problemsOf = (content: unknown): string[] => {
  try {
    read(content);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
};

test('keys are the inputs in snake_case', () => {
  const { bot } = read({
    bot: {
      bot_type: 'telegram',
      tracing: false,
      vpc: { subnet_ids: ['a'], security_group_ids: ['b'] },
      tags: { some_key: 'x' },
    },
  });
  expect(bot).toEqual({
    botType: 'telegram',
    tracing: false,
    vpc: { subnetIds: ['a'], securityGroupIds: ['b'] },
    tags: { some_key: 'x' },
  });
});

test('null means: not there', () => {
  expect(read({ bot: { kms_key_arn: null, package: null } }).bot).toEqual({});
});

test('a system without a key is not deployed', () => {
  expect(read({}).bot).toBeUndefined();
});

test('state lies beside the settings file, in another folder, or in S3', () => {
  expect(read({}).backend).toEqual({ type: 'local', path: folder });
  expect(read({ backend: { local: { path: 'state' } } }).backend).toEqual({
    type: 'local',
    path: path.join(folder, 'state'),
  });
  const s3 = { bucket: 'states', key: 'hookline', region: 'eu-west-1' };
  expect(read({ backend: { s3 } }).backend).toEqual({ type: 's3', ...s3 });
});

test('an unknown key names the nearest known one', () => {
  expect(problemsOf({ bot: { bot_typ: 'telegram' } })).toEqual([
    '- bot.bot_typ is not a setting; did you mean bot.bot_type?',
  ]);
  expect(problemsOf({ bott: {} })).toEqual(['- bott is not a setting; did you mean bot?']);
  expect(problemsOf({ bot: { vpc: { subnets: [], subnet_ids: [], security_group_ids: [] } } })).toEqual([
    '- bot.vpc.subnets is not a setting; did you mean bot.vpc.subnet_ids?',
  ]);
});

test('all problems are told at once', () => {
  expect(
    problemsOf({
      bot: {
        name: 'No Good',
        busy_policy: 'perhaps',
        worker_timeout_seconds: '5',
        tracing: 'no',
        buckets: 1,
      },
      backend: { s3: { bucket: 'states' } },
    }).sort(),
  ).toEqual([
    '- backend.s3.key is missing',
    '- backend.s3.region is missing',
    '- bot.buckets is not a setting; did you mean bot.bucket?',
    '- bot.busy_policy must be one of drop, fifo, merge',
    '- bot.name must match pattern "^[a-z][a-z0-9-]{1,31}$"',
    '- bot.tracing must be boolean',
    '- bot.worker_timeout_seconds must be integer',
  ]);
});

test('what is no JSON, or not there, is told with the file', () => {
  expect(() => read('{ "bot": ')).toThrow(/hookline\.json cannot be used:\n- it cannot be read as JSON/);
  expect(() => readSettings(path.join(folder, 'absent.json'))).toThrow(SettingsError);
});

test('the nearest word has the fewest letters to change', () => {
  expect(nearest('trcing', ['tags', 'tracing', 'runtime'])).toBe('tracing');
});

test('the shipped schema is the generated one', () => {
  expect(readFileSync('hookline.schema.json', 'utf8')).toBe(schemaText());
});

test('the shipped settings are valid', () => {
  expect(readSettings('hookline.json').bot).toMatchObject({ name: 'hookline' });
});
