import { describe, expect, test } from 'vitest';
import { snakeCase } from '../../modules/parts/names.ts';
import { REPLIES_INPUTS } from '../../modules/replies/inputs.ts';
import {
  type PolicySubjects,
  sweeperStatements,
  webhookStatements,
  workerStatements,
} from '../../modules/replies/policies.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { PROMPT_PROVIDERS } from '../../runtime/models/prompts.ts';
import { readPrompts } from '../../runtime/models/prompts-file.ts';
import { readSweeperConfig, readWebhookConfig, readWorkerConfig } from '../../runtime/replies/config.ts';
import { readSeed } from '../../runtime/replies/seed.ts';
import { hookline } from '../cli/capture.ts';
import { synthRepliesModule } from '../modules/replies-synth.ts';
import { VARIABLES } from '../runtime/replies/world-setup.ts';
import { codeBlocks, codeIn, section, tableRows } from './markdown.ts';
import {
  alarmNames,
  code,
  first,
  linesOfAnyLevel,
  logLines,
  printed,
  quotedBy,
  REPLIES_ALONE,
  recorded,
  spoken,
  userTexts,
  variablesIn,
} from './page-rules.ts';

/** docs/replies.md says what the code does: its tables are held against it. */

const PAGE = 'docs/replies.md';

describe('environment variables', () => {
  const rows = tableRows(section(PAGE, '4.2 Environment variables'), 'variable').map(
    ([name, fallback, functions = '', , bad = '']) => ({
      name: first(name),
      fallback: first(fallback),
      functions,
      bad,
    }),
  );
  const READERS = { webhook: readWebhookConfig, worker: readWorkerConfig, sweeper: readSweeperConfig };

  test('the table has every variable that is read, and no other', () => {
    const read = variablesIn(code('runtime/replies/**/*.ts'));
    const otherNames = Object.fromEntries(
      Object.entries(VARIABLES).filter(([name]) => !/_TABLE$/.test(name)),
    );
    for (const readConfig of Object.values(READERS)) {
      readConfig(recorded(VARIABLES, read));
      // The other names of the tables are read where the first are not set.
      expect(() => readConfig(recorded(otherNames, read))).toThrow('CONVERSATIONS_TABLE_NAME');
    }
    expect(rows.map(({ name }) => name).sort()).toEqual([...read].sort());
  });

  test('its defaults are those of the code', () => {
    const { LOG_HASH_KEY: _, SQS_HEARTBEAT_INTERVAL_MS: __, MAX_RECEIVE_COUNT: ___, ...least } = VARIABLES;
    const worker = readWorkerConfig(least);
    const webhook = readWebhookConfig(least);
    const known: Readonly<Record<string, unknown>> = {
      BATCH_WINDOW_SECONDS: worker.batchWindowSeconds,
      TTL_BUFFER_SECONDS: worker.ttlBufferSeconds,
      STAGE_TTL_SECONDS: worker.stageTtlSeconds,
      ARCHIVE_AT_BYTES: worker.archiveAtBytes,
      MAX_RECEIVE_COUNT: worker.maxReceiveCount,
      DYNAMODB_TTL_ATTRIBUTE: worker.ttlAttribute,
      METRICS_NAMESPACE: worker.metricsNamespace,
      TWILIO_BASE_URL: worker.twilioBaseUrl,
      INVALID_SIGNATURE_STATUS: webhook.invalidSignatureStatus,
      SQS_HEARTBEAT_INTERVAL_MS: worker.heartbeatIntervalMillis,
      MODEL_TIMEOUT_MS: worker.modelTimeoutMillis,
      MAX_BATCH_CHARS: worker.maxBatchChars,
      MAX_TURNS_PER_HOUR: worker.maxTurnsPerHour,
      MAX_REPLY_PARTS: worker.maxReplyParts,
      REPLY_FORMAT: worker.replyFormat,
      HANDOFF_SEND_DRAFT: worker.handoffSendDraft,
      SEND_AMBIGUITY_POLICY: worker.ambiguityPolicy,
    };
    const documented = Object.keys(known).map((name) => rows.find((row) => row.name === name)?.fallback);
    expect(documented).toEqual(Object.values(known).map(String));
  });

  test('a bad value does what the table says, in the functions that it names', () => {
    const readersOf = (functions: string) =>
      Object.entries(READERS).flatMap(([name, read]) =>
        functions === 'all' || functions.includes(name) ? [read] : [],
      );
    const reads = (functions: string, environment: Environment) =>
      readersOf(functions).map((read) => () => read(environment));
    expect(rows.filter(({ bad }) => bad !== '').length).toBeGreaterThan(20);
    for (const { name, functions, bad } of rows) {
      if (bad.startsWith('Default; warns.'))
        for (const read of reads(functions, { ...VARIABLES, [name]: '?' }))
          expect(read().warnings.join(), name).toContain(name);
      if (bad.startsWith('Missing: fault.'))
        for (const read of reads(functions, { ...VARIABLES, [name]: undefined }))
          expect(read, name).toThrow(name);
      if (/^(No http\(s\) URL|Not a positive whole number|Unknown): fault\.$/.test(bad))
        for (const read of reads(functions, { ...VARIABLES, [name]: '-1' })) expect(read, name).toThrow(name);
      if (/^(Above 900|Outside): fault\./.test(bad))
        for (const read of reads(functions, { ...VARIABLES, [name]: '9999999' }))
          expect(read, name).toThrow(name);
    }
  });
});

test('the inputs that matter have the defaults that the table says', () => {
  const rows = tableRows(section(PAGE, '4.1 Module inputs'), 'input');
  const real = new Map(
    Object.entries(REPLIES_INPUTS).map(([name, input]) => [snakeCase(name), JSON.stringify(input.default)]),
  );
  expect(rows).toHaveLength(10);
  for (const [name, fallback] of rows) expect(real.get(first(name)), name).toBe(first(fallback));
});

test('the IAM table has every right of the three roles, what it is on, and when it is given', () => {
  const all: PolicySubjects = {
    logGroupArn: '<log group>',
    conversationsArn: '<conversations table>',
    stageArn: '<stage table>',
    triggerLockArn: '<trigger lock table>',
    archiveArn: '<archive table>',
    channelQueueArn: '<channel queue>',
    handoffQueueArn: '<human queue>',
    twilioSecretArns: ['<twilio secrets>'],
    modelSecretArns: ['<model secrets>'],
    bedrockModelArns: ['<bedrock models>'],
    hasBedrock: true,
    tracing: true,
    vpc: {},
    kmsKeyArn: '<kms key>',
  };
  const conditions: Readonly<Record<string, Partial<PolicySubjects>>> = {
    bedrock_model_arns: { hasBedrock: false },
    kms_key_arn: { kmsKeyArn: undefined },
    tracing: { tracing: false },
    vpc: { vpc: undefined },
  };
  const FUNCTIONS = { webhook: webhookStatements, worker: workerStatements, sweeper: sweeperStatements };
  const granted = (on: PolicySubjects) =>
    Object.entries(FUNCTIONS).flatMap(([name, statements]) =>
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
    const right = JSON.stringify([sid, actions, resources, whenOf(String(sid))]);
    expected.set(right, [...(expected.get(right) ?? []), name]);
  }
  const documented = tableRows(section(PAGE, '7. IAM'), 'right').map(
    ([sid = '', actions = '', resources = '', functions = '', when = '', why = '']) => {
      expect(why, sid).not.toBe('');
      return [JSON.stringify([first(sid), codeIn(actions), codeIn(resources), when]), functions.split(', ')];
    },
  );
  expect(documented.sort()).toEqual([...expected].sort());
});

test('every alarm has its entry in the runbook', () => {
  const rows = tableRows(section(PAGE, '8. Alarms'), 'alarm');
  const names = alarmNames(synthRepliesModule().resource.aws_cloudwatch_metric_alarm);
  expect(rows.map(([name]) => first(name)).sort()).toEqual([...names].sort());
  for (const row of rows) expect(row.filter((cell) => cell !== '')).toHaveLength(4);
});

describe('log lines', () => {
  const rows = tableRows(section(PAGE, '9. Logs'), 'line').map(([line, level = '']) => ({
    line: first(line),
    level,
  }));
  const source = code('runtime/{replies,core}/**/*.ts');

  test('the table has every line, with its level, and no other', () => {
    const any = linesOfAnyLevel(source);
    const documented = rows.map(({ line, level }) => `${line} ${level}`);
    const fixed = documented.filter((row) => !any.includes(row.split(' ')[0] ?? ''));
    expect(fixed.sort()).toEqual([...logLines(source)].sort());
    expect([...new Set(rows.map(({ line }) => line))]).toEqual(expect.arrayContaining([...any]));
  });

  test('every rule that decides has its row', () => {
    const rules = tableRows(section(PAGE, 'Explaining one message'), 'rule').map(([rule]) => first(rule));
    expect(rules).toEqual([
      ...['invalid_signature', 'no_conversation', 'project_inactive', 'channel_not_allowed'],
      ...['duplicate_sid', 'human_route', 'opted_out', 'deferred', 'replied', 'hand_off', 'model_output'],
      ...['window_closed', 'turn_guard', 'transient:<code>', 'hold:<code>', 'permanent:<code>'],
      ...['unclear_adopted', 'unclear_resent', 'unclear_held'],
    ]);
  });
});

describe('troubleshooting by error text', () => {
  const page = section(PAGE, '11. Troubleshooting by error text');
  const quoted = tableRows(page, 'you see').map(([cell = '']) => first(cell));
  const text = spoken({ patterns: [...REPLIES_ALONE, 'modules/parts/rules.ts', 'cli/bot/*.ts'] });
  const alone = spoken({ patterns: REPLIES_ALONE });

  test('each quoted text occurs in the sources, once in the page', () => {
    expect(quoted.length).toBeGreaterThan(50);
    for (const each of quoted) expect(printed(text).includes(each), each).toBe(true);
    expect(quoted.filter((each, index) => quoted.indexOf(each) !== index)).toEqual([]);
  });

  test('each text that a user may meet is quoted', () => {
    const isQuoted = quotedBy(quoted);
    const unsaid = userTexts(alone).filter((each) => !isQuoted(each) && !NOT_FOR_USERS.includes(each));
    expect(unsaid).toEqual([]);
  });
});

/** Said to nobody but who works on hookline, or put together from texts that are quoted. */
const NOT_FOR_USERS = [
  '…: …',
  'No turn is claimed',
  'Tools are offered only to models behind a chat completions API',
  'The turn ends without the rest of its reply: …',
];

test('every command has its row', async () => {
  const { out } = await hookline(['replies', '--help']);
  const names = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name);
  const documented = tableRows(section(PAGE, '10. The commands'), 'command').map(([name]) => first(name));
  expect(new Set(documented.map((words) => words.split(' ')[2] ?? ''))).toEqual(new Set([...names, '']));
});

test('prompts and record that are shown are ones', () => {
  const [prompts = '', record = ''] = codeBlocks(PAGE)
    .filter(({ language }) => language === 'json')
    .map(({ text }) => text);
  expect(readPrompts(prompts).byReference.has('asst_booking')).toBe(true);
  expect(readSeed(JSON.parse(record), '2026-11-21T10:00:00.000Z')).toHaveProperty('item');
  for (const provider of PROMPT_PROVIDERS) expect(section(PAGE, '4.3 prompts.json')).toContain(provider);
});
