import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { BOT_INPUTS } from '../../modules/bot/inputs.ts';
import { ingressStatements, type PolicySubjects, workerStatements } from '../../modules/bot/policies.ts';
import { snakeCase } from '../../modules/parts/names.ts';
import { type BotConfig, readBotConfig } from '../../runtime/bot/config.ts';
import { HistoryFile } from '../../runtime/bot/history-file.ts';
import { readTokenSettings } from '../../runtime/bot/token-settings.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { keyedHash } from '../../runtime/core/log.ts';
import { ssmEnvironment } from '../../runtime/core/secrets.ts';
import { MODEL_PROVIDERS } from '../../runtime/models/providers.ts';
import { synthModule } from '../modules/synth.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { codeBlocks, codeIn, section, tableRows } from './markdown.ts';
import { alarmNames, code, first, logLines, recorded, variablesIn } from './page-rules.ts';

/** docs/bot.md says what the code does: its tables are held against it. */

const PAGE = 'docs/bot.md';
const REACHED = 'runtime/{bot,channels,core,models}/**/*.ts';
describe('environment variables', () => {
  const rows = tableRows(section(PAGE, '4.2 Environment variables'), 'variable').map(
    ([name, fallback, , bad = '']) => ({ name: first(name), fallback: first(fallback), bad }),
  );
  const whatsapp: Environment = {
    BOT_TYPE: 'whatsapp',
    WHATSAPP_TOKEN: 'token',
    WHATSAPP_PHONE_NUMBER_ID: '1',
    WEBHOOK_VERIFY_TOKEN: 'verify',
  };
  const telegram: Environment = { BOT_TYPE: 'telegram', TELEGRAM_TOKEN: 'token' };

  test('the table has every variable that is read, and no other', async () => {
    const read = variablesIn(code(REACHED));
    for (const environment of [whatsapp, telegram]) {
      readBotConfig(recorded(environment, read));
      readTokenSettings(recorded(environment, read));
      await ssmEnvironment({
        environment: recorded({ ...environment, ENV_PARAMETER_NAME: '/shop/prod/env' }, read),
        readParameter: async () => '',
        clock: new FakeClock(),
      }).load();
    }
    for (const [name] of code('runtime/bot/agents/*.ts').matchAll(/(?<=')OPENAI_[A-Z_]+(?=')/g))
      read.add(name);
    for (const { apiKeyName } of Object.values(MODEL_PROVIDERS)) read.add(apiKeyName);
    // The other spellings of a credential's name.
    const names = [...read].filter(
      (name) => !/_(API_)?KEY$/.test(name) || !read.has(name.replace(/(_API)?_KEY$/, '')),
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test('its defaults are those of the code', () => {
    const config = readBotConfig(whatsapp);
    const known: Readonly<Record<string, keyof BotConfig>> = {
      BOT_TYPE: 'botType',
      MAWS_BUSY_POLICY: 'busyPolicy',
      LOCK_TTL_SECONDS: 'lockTtlSeconds',
      HISTORY_S3_PREFIX: 'historyPrefix',
      HISTORY_PROMPT_MESSAGES: 'historyPromptMessages',
      HISTORY_STORE_RAW: 'historyStoreRaw',
      CAPTURE_FAILED_EVENTS: 'captureFailedEvents',
      FAILED_EVENTS_S3_PREFIX: 'failedEventsPrefix',
      MAX_ALLOWED_MESSAGE_DELAY: 'maxMessageDelaySeconds',
      SEND_AMBIGUITY_POLICY: 'ambiguityPolicy',
      DELIVERY_TIMEOUT: 'deliveryTimeoutSeconds',
      DEDUPE_TTL_SECONDS: 'dedupeTtlSeconds',
      TYPING_INDICATOR: 'typingIndicator',
      MAX_RECEIVE_COUNT: 'maxReceiveCount',
      ASYNC_RETRY_ATTEMPTS: 'asyncRetryAttempts',
      MAWS_TMP_DIR: 'tmpDir',
    };
    const documented = Object.keys(known).map((name) => rows.find((row) => row.name === name)?.fallback);
    expect(documented).toEqual(Object.values(known).map((key) => String(config[key])));
    const fallbackOf = (name: string) => rows.find((row) => row.name === name)?.fallback;
    expect(fallbackOf('GRAPH_API_VERSION')).toBe(config.whatsapp.graphVersion);
    expect(fallbackOf('GRAPH_API_URL')).toBe(config.whatsapp.graphUrl);
    expect(fallbackOf('TELEGRAM_API_URL')).toBe(config.telegram.apiUrl);
  });

  test('a bad value does what the table says', () => {
    const read = (base: Environment, name: string, value: string | undefined) => () =>
      readBotConfig({ ...base, [name]: value });
    const warning = rows.filter(({ bad }) => bad.startsWith('Default; warns.'));
    expect(warning.length).toBeGreaterThan(8);
    for (const { name } of warning) expect(read(whatsapp, name, '?')().warnings.join(), name).toContain(name);
    for (const { name } of rows.filter(({ bad }) => bad === 'Fault.'))
      expect(read(whatsapp, name, '?'), name).toThrow(name);
    for (const { name } of rows.filter(({ bad }) => bad.startsWith('Missing on a WhatsApp bot: fault.')))
      expect(read(whatsapp, name, undefined), name).toThrow(name);
    expect(read(telegram, 'TELEGRAM_TOKEN', undefined)).toThrow('TELEGRAM_TOKEN');
    expect(read(telegram, 'TELEGRAM_WEBHOOK_SECRET_TOKEN', 'ñ')).toThrow('TELEGRAM_WEBHOOK_SECRET_TOKEN');
    expect(read(whatsapp, 'MAWS_BUSY_POLICY', 'merge')).toThrow('MAWS_QUEUE_URL');
    expect(read(whatsapp, 'MAX_ALLOWED_MESSAGE_DELAY', '0')()).toMatchObject({
      warnings: [],
      maxMessageDelaySeconds: undefined,
    });
    expect(read(whatsapp, 'WHATSAPP_VERIFY_SIGNATURE', 'false')().warnings).toHaveLength(1);
  });
});

test('the inputs that matter have the defaults that the table says', () => {
  const rows = tableRows(section(PAGE, '4.1 Module inputs'), 'input');
  const real = new Map(
    Object.entries(BOT_INPUTS).map(([name, input]) => [snakeCase(name), JSON.stringify(input.default)]),
  );
  expect(rows).toHaveLength(10);
  for (const [name, fallback] of rows) expect(real.get(first(name)), name).toBe(first(fallback));
});

test('the IAM table has every right of the two roles, what it is on, and when it is given', () => {
  const all: PolicySubjects = {
    logGroupArn: '<log group>',
    bucketArn: '<bucket>',
    tableArn: '<lock table>',
    jobsQueueArn: '<jobs queue>',
    deadQueueArn: '<dead queue>',
    workerAliasArn: '<worker alias>',
    parameterArn: '<parameter>',
    secretArn: '<secret>',
    isSecret: true,
    isWhatsapp: true,
    isQueued: true,
    isInvoked: true,
    captureFailedEvents: true,
    tokenWriteBack: true,
    persistFiles: true,
    adminCommands: true,
    tracing: true,
    vpc: {},
    kmsKeyArn: '<kms key>',
    agentFunctionArn: '<agent function>',
  };
  const granted = (on: PolicySubjects) => ({
    ingress: ingressStatements(on).filter(({ when = true }) => when === true),
    worker: workerStatements(on, false).filter(({ when = true }) => when === true),
  });
  const sids = (on: PolicySubjects) =>
    Object.values(granted(on)).flatMap((list) => list.map(({ sid }) => sid));
  const conditions: Readonly<Record<string, Partial<PolicySubjects>>> = {
    'Secrets Manager': { isSecret: false },
    kms_key_arn: { kmsKeyArn: undefined },
    agent_function_arn: { agentFunctionArn: undefined },
    tracing: { tracing: false },
    vpc: { vpc: undefined },
    WhatsApp: { isWhatsapp: false },
    drop: { isInvoked: false },
    fifo: { isQueued: false },
    capture_failed_events: { captureFailedEvents: false },
    token_write_back: { tokenWriteBack: false },
    persist_files: { persistFiles: false },
    admin_commands: { adminCommands: false },
  };
  const whenOf = (sid: string) =>
    Object.keys(conditions).find((word) => !sids({ ...all, ...conditions[word] }).includes(sid)) ?? 'always';
  const { ingress, worker } = granted(all);
  const statements = new Map([...ingress, ...worker].map((statement) => [statement.sid, statement]));
  const has = (list: typeof ingress, sid: string) => (list.some((one) => one.sid === sid) ? 'yes' : 'no');
  const expected = [...statements.values()].map(({ sid, actions, resources }) => [
    [sid],
    actions,
    resources,
    has(ingress, sid),
    has(worker, sid),
    whenOf(sid),
  ]);
  const documented = tableRows(section(PAGE, '7. IAM'), 'right').map(
    ([sid = '', actions = '', resources = '', inIngress, inWorker, when = '']) => [
      codeIn(sid),
      codeIn(actions),
      codeIn(resources),
      inIngress,
      inWorker,
      when.replaceAll('`', ''),
    ],
  );
  const bySid = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
  expect(documented.sort(bySid)).toEqual(expected.sort(bySid));
});

test('every alarm has its entry in the runbook', () => {
  const names = alarmNames(synthModule().resource.aws_cloudwatch_metric_alarm).map((name) =>
    name.replaceAll('-', '_'),
  );
  const rows = tableRows(section(PAGE, '8. Alarms'), 'alarm');
  expect(rows.map(([name]) => first(name)).sort()).toEqual(names.sort());
  for (const row of rows) expect(row.filter((cell) => cell !== '')).toHaveLength(4);
});

test('the table of log lines has every line, with its level', () => {
  const written = logLines(code(REACHED));
  const documented = tableRows(section(PAGE, '9. Logs'), 'line').map(
    ([line, level]) => `${first(line)} ${level}`,
  );
  expect(documented.sort()).toEqual([...written].sort());
});

test('the command line shown gives the hash that stands in logs', () => {
  const command = codeBlocks(PAGE)
    .flatMap(({ text }) => text.split('\n'))
    .find((line) => line.startsWith('node -p'));
  const env = { ...process.env, LOG_KEY: 'hookline:token' };
  const printed = execFileSync('bash', ['-c', command ?? ''], { env, encoding: 'utf8' });
  expect(printed.trim()).toBe(keyedHash('hookline:token', '12025550143'));
});

test('the schema shown is that of a history, and the queries run on one', async () => {
  const [schema = '', queries = ''] = codeBlocks(PAGE)
    .filter(({ language }) => language === 'sql')
    .map(({ text }) => text);
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-docs-history-'));
  try {
    const file = path.join(folder, 'chat.sqlite');
    const ledger = { eventId: '7', userId: '5', sentAt: '', attempt: 'a', rule: 'agent', parts: [] };
    const rows = [{ role: 'user', type: 'user', blocks: [{ type: 'text', content: 'hello' }] }];
    const history = HistoryFile.open(file, '2026-11-21T10:00:00+00:00');
    history.write({ clear: false, rows, ledger: [ledger] }, { nowSeconds: 1, forgetBeforeSeconds: 0 });
    history.close();
    const real = new DatabaseSync(file);
    const shown = new DatabaseSync(':memory:');
    shown.exec(schema);
    for (const table of ['message_history', 'history_metadata', 'event_ledger']) {
      const columns = (database: DatabaseSync) => database.prepare(`PRAGMA table_info(${table})`).all();
      expect(columns(shown), table).toEqual(columns(real));
    }
    const [messages, decided] = queries
      .trim()
      .split(';\n')
      .map((query) => real.prepare(query).all());
    expect(messages).toEqual([expect.objectContaining({ msg_number: 1, role: 'user', text: 'hello' })]);
    expect(decided).toEqual([expect.objectContaining({ event_id: '7', decided: '1970-01-01 00:00:01' })]);
    real.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
