import { expect, test } from 'vitest';
import { FILES_INPUTS } from '../../modules/files/inputs.ts';
import {
  detectorStatements,
  orchestratorStatements,
  type PolicySubjects,
  processorStatements,
  readerStatements,
} from '../../modules/files/policies.ts';
import { snakeCase } from '../../modules/parts/names.ts';
import { readDetectorConfig, readWorkerConfig } from '../../runtime/files/config.ts';
import { FILES_CODES, say } from '../../runtime/files/messages.ts';
import { loadSpec } from '../../runtime/files/spec/load.ts';
import { hookline } from '../cli/capture.ts';
import { synthFiles, synthFilesModule } from '../modules/files-synth.ts';
import { codeBlocks, codeIn, section, tableRows } from './markdown.ts';
import { alarmNames, code, first, logLines, recorded } from './page-rules.ts';

/** docs/files.md says what the code does: its tables are held against it. */

const PAGE = 'docs/files.md';

test('the specification that is shown is one, without a remark', () => {
  const documents = codeBlocks(PAGE).filter(
    ({ language, text }) => language === 'yaml' && text.includes('sage_yaml:'),
  );
  expect(documents).toHaveLength(1);
  for (const { text } of documents) {
    const { spec, problems } = loadSpec(text);
    expect(problems).toEqual([]);
    expect([...(spec?.catalogs.keys() ?? [])]).toEqual(['clientes', 'pedidos']);
  }
});

test('the inputs that matter have the defaults that the table says', () => {
  const rows = tableRows(section(PAGE, '9.1 Module inputs'), 'input');
  const real = new Map(
    Object.entries(FILES_INPUTS).map(([name, input]) => [snakeCase(name), JSON.stringify(input.default)]),
  );
  expect(rows).toHaveLength(10);
  for (const [name, fallback] of rows) expect(real.get(first(name)), name).toBe(first(fallback));
});

test('the names are those that are made', () => {
  const text = JSON.stringify(synthFiles({ dispatch: 'sqs' }));
  const named = tableRows(section(PAGE, '9.2 Names'), 'what').flatMap(([, names = '']) => codeIn(names));
  expect(named.length).toBeGreaterThan(10);
  for (const name of named.filter((each) => each.startsWith('sage')))
    expect(text, name).toContain(name.split('<')[0]);
});

test('the IAM table has every right of the four roles, what it is on, and when it is given', () => {
  const all: PolicySubjects = {
    logGroupArn: '<log group>',
    bucketArn: '<bucket>',
    locksArn: '<lock table>',
    executionsArn: '<executions table>',
    failuresArn: '<failure queue>',
    dispatchArn: '<dispatch queue>',
    hasDispatch: true,
    processorAliasArn: '<function>',
    functionArns: ['<processor>', '<detector>'],
    secretArns: ['<secrets>'],
    hasSecrets: true,
    tracing: true,
    vpc: {},
    kmsKeyArn: '<kms key>',
  };
  const conditions: Readonly<Record<string, Partial<PolicySubjects>>> = {
    dispatch: { hasDispatch: false },
    secrets: { hasSecrets: false },
    kms_key_arn: { kmsKeyArn: undefined },
    tracing: { tracing: false },
    vpc: { vpc: undefined },
  };
  const ROLES = {
    processor: processorStatements,
    detector: detectorStatements,
    orchestrator: orchestratorStatements,
    reader: readerStatements,
  };
  const granted = (on: PolicySubjects) =>
    Object.entries(ROLES).flatMap(([name, statements]) =>
      statements(on)
        .filter(({ when = true }) => when === true)
        .map((statement) => ({ name, ...statement })),
    );
  const whenOf = (sid: string) =>
    Object.keys(conditions).find(
      (word) => !granted({ ...all, ...conditions[word] }).some((statement) => statement.sid === sid),
    ) ?? 'always';
  const expected = new Map<string, string[]>();
  for (const { name, sid, actions, resources } of granted(all)) {
    const right = JSON.stringify([sid, actions, resources, whenOf(sid)]);
    expected.set(right, [...(expected.get(right) ?? []), name]);
  }
  const documented = tableRows(section(PAGE, '9.3 IAM'), 'right').map(
    ([sid = '', actions = '', resources = '', roles = '', when = '', why = '']) => {
      expect(why, sid).not.toBe('');
      return [JSON.stringify([first(sid), codeIn(actions), codeIn(resources), when]), roles.split(', ')];
    },
  );
  expect(documented.sort()).toEqual([...expected].sort());
});

test('every alarm has its entry in the runbook', () => {
  const rows = tableRows(section(PAGE, '10. Alarms'), 'alarm');
  const names = alarmNames(synthFilesModule().resource.aws_cloudwatch_metric_alarm);
  expect(rows.map(([name]) => first(name)).sort()).toEqual([...names].sort());
  for (const row of rows) expect(row.filter((cell) => cell !== '')).toHaveLength(3);
});

test('every command has its row', async () => {
  const { out } = await hookline(['files', '--help']);
  const names = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name);
  const documented = tableRows(section(PAGE, '11. Commands'), 'command').map(([name]) => first(name));
  expect(documented.map((words) => words.split(' ')[2]).sort()).toEqual([...names].sort());
});

test('every code has its row, with its text', () => {
  const rows = tableRows(section(PAGE, '12. Codes'), 'code').map(([code, text = '']) => [
    first(code),
    text.replaceAll('&#124;', '|'),
  ]);
  const texts = FILES_CODES.map((code) => [code, say('en', code).replaceAll('\n', ' ')]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(texts));
});

test('every variable that a function reads has its row, with its default', () => {
  const rows = tableRows(section(PAGE, '9.4 Environment variables'), 'variable').map(
    ([name, fallback = '', on = '']) => ({
      name: first(name),
      fallback: first(fallback),
      on,
    }),
  );
  const must = { SAGE_S3_BUCKET: 'b', SAGE_LOCK_TABLE: 'l', SAGE_LAMBDA_FUNCTION: 'f' };
  const read = { processor: new Set<string>(), detector: new Set<string>() };
  const worker = readWorkerConfig(recorded(must, read.processor));
  const detector = readDetectorConfig(recorded(must, read.detector));
  const OF_LAMBDA = ['AWS_REGION', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE'];
  const documented = (name: 'processor' | 'detector') =>
    rows.filter(({ on }) => on === 'both' || on === name).map((row) => row.name);
  for (const name of ['processor', 'detector'] as const)
    expect(documented(name).sort()).toEqual(
      [...read[name]].filter((each) => !OF_LAMBDA.includes(each)).sort(),
    );
  const defaults: Readonly<Record<string, unknown>> = {
    SAGE_S3_PREFIX: worker.prefix,
    SAGE_EXECUTIONS_TABLE: worker.executionsTable,
    SAGE_LOCK_TTL_SECONDS: worker.lockTtlSeconds,
    SAGE_ENVIRONMENT: worker.environmentName,
    SAGE_LOCALE: worker.locale,
    SAGE_INVOCATION_MODE: worker.invocationMode,
    SAGE_MAX_EVENT_AGE_SECONDS: detector.maxEventAgeSeconds,
    SAGE_REDRIVE: detector.redrive,
  };
  for (const [name, value] of Object.entries(defaults))
    expect(rows.find((row) => row.name === name)?.fallback, name).toBe(String(value));
});

test('every log line has its row, with its level, and no other', () => {
  const rows = tableRows(section(PAGE, '9.5 Log lines'), 'line');
  const documented = rows.map(([line, level = '']) => `${first(line)} ${level}`);
  expect(documented.sort()).toEqual(
    [...logLines(code('runtime/files/**/*.ts', 'runtime/core/set-up.ts'))].sort(),
  );
  for (const row of rows) expect(row.filter((cell) => cell !== '')).toHaveLength(3);
});
