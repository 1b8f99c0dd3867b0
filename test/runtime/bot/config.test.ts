import { describe, expect, test } from 'vitest';
import { type BotConfig, readBotConfig } from '../../../runtime/bot/config.ts';

const WHATSAPP = {
  WHATSAPP_TOKEN: 'token',
  WHATSAPP_PHONE_NUMBER_ID: '1055',
  WEBHOOK_VERIFY_TOKEN: 'verify',
};
const TELEGRAM = { BOT_TYPE: 'telegram', TELEGRAM_TOKEN: '1:token' };

type Variables = Readonly<Record<string, string | undefined>>;
const whatsapp = (variables: Variables = {}) => readBotConfig({ ...WHATSAPP, ...variables });
const telegram = (variables: Variables = {}) => readBotConfig({ ...TELEGRAM, ...variables });

test('a bot that only has its credentials gets the defaults of the contract, without a warning', () => {
  expect(whatsapp()).toMatchObject({
    botType: 'whatsapp',
    verbose: false,
    bucketName: undefined,
    busyPolicy: 'drop',
    queueUrl: undefined,
    workerFunctionName: undefined,
    locksTableName: undefined,
    lockTtlSeconds: 180,
    historyPrefix: 'history',
    historyPromptMessages: 200,
    historyStoreRaw: false,
    historyMaxMessages: 1000,
    persistFiles: false,
    filesPrefix: 'files',
    mediaMaxBytes: 20_971_520,
    configPath: 'config.json',
    allowedUsers: [],
    groupPolicy: 'mention',
    messages: { error: expect.stringMatching(/^\w.{10,80}$/), busy: '', unsupported: '' },
    ingressRatePerMinute: 30,
    spendLimitUsdPerChatDay: undefined,
    templateReengage: undefined,
    captureFailedEvents: false,
    failedEventsPrefix: 'failed-events',
    maxMessageDelaySeconds: 120,
    ambiguityPolicy: 'resend',
    deliveryTimeoutSeconds: 60,
    dedupeTtlSeconds: 691_200,
    typingIndicator: true,
    maxReceiveCount: 5,
    asyncRetryAttempts: 2,
    tmpDir: '/tmp',
    whatsapp: {
      appSecret: undefined,
      verifySignature: false,
      allowedPhoneNumberIds: ['1055'],
      graphVersion: 'v26.0',
    },
    warnings: [],
  });
  expect(telegram()).toMatchObject({
    botType: 'telegram',
    telegram: { secretToken: undefined },
    warnings: [],
  });
});

test.each([
  [['1', 'true', ' YES ', 'y', 'On'], true, true],
  [['0', 'FALSE', 'no', ' n', 'off'], false, false],
  [['', ' ', 'maybe', '2'], true, false],
])('%j means: %s where the default is true, %s where it is false', (words, typing, raw) => {
  for (const word of words) {
    const { typingIndicator, historyStoreRaw, warnings } = whatsapp({
      TYPING_INDICATOR: word,
      HISTORY_STORE_RAW: word,
    });
    expect([typingIndicator, historyStoreRaw, warnings], word).toEqual([typing, raw, []]);
  }
});

const NUMBERS: Readonly<Record<string, keyof BotConfig | undefined>> = {
  LOCK_TTL_SECONDS: 'lockTtlSeconds',
  HISTORY_MAX_MESSAGES: 'historyMaxMessages',
  HISTORY_PROMPT_MESSAGES: 'historyPromptMessages',
  MEDIA_MAX_BYTES: 'mediaMaxBytes',
  MAX_ALLOWED_MESSAGE_DELAY: 'maxMessageDelaySeconds',
  DELIVERY_TIMEOUT: 'deliveryTimeoutSeconds',
  MAX_RECEIVE_COUNT: 'maxReceiveCount',
  ASYNC_RETRY_ATTEMPTS: 'asyncRetryAttempts',
  INGRESS_RATE_PER_MINUTE: 'ingressRatePerMinute',
  SPEND_LIMIT_USD_PER_CHAT_DAY: 'spendLimitUsdPerChatDay',
  DEDUPE_TTL_SECONDS: 'dedupeTtlSeconds',
  ENV_REFRESH_SECONDS: undefined,
};
test.each(Object.entries(NUMBERS))(
  '%s that is no number: the default and one warning with its name',
  (name, key) => {
    for (const value of ['', 'abc', '-1', '1,5', 'Infinity']) {
      const config = whatsapp({ [name]: value });
      if (key) expect(config[key], value).toEqual(whatsapp()[key]);
      expect(config.warnings, value).toEqual([
        expect.stringMatching(new RegExp(`^${name} is not a usable number`)),
      ]);
      if (value.length > 1) expect(config.warnings.join()).not.toContain(value);
    }
    if (key) expect(whatsapp({ [name]: '7' })[key]).toBe(7);
  },
);

test.each([
  ['MAWS_BUSY_POLICY', 'queue', 'busyPolicy'],
  ['GROUP_POLICY', 'some', 'groupPolicy'],
  ['SEND_AMBIGUITY_POLICY', 'ask', 'ambiguityPolicy'],
  ['ALLOWED_USERS_JSON', '{"7": true}', 'allowedUsers'],
  ['ALLOWED_USERS_JSON', '7, 8', 'allowedUsers'],
  ['ALLOWED_USERS_JSON', '[["7"]]', 'allowedUsers'],
  ['TEMPLATE_REENGAGE', 'we are back', 'templateReengage'],
] as const)('%s = %s: the default and one warning that does not quote it', (name, value, key) => {
  const config = whatsapp({ [name]: value });
  expect(config[key]).toEqual(whatsapp()[key]);
  expect(config.warnings).toEqual([expect.stringContaining(name)]);
  expect(config.warnings.join()).not.toContain(value);
});

test('words count in any case; a list of ids may hold numbers', () => {
  expect(whatsapp({ GROUP_POLICY: ' All ', SEND_AMBIGUITY_POLICY: 'HOLD' })).toMatchObject({
    groupPolicy: 'all',
    ambiguityPolicy: 'hold',
    warnings: [],
  });
  const lists = { ALLOWED_USERS_JSON: '[7, "-100"]', WHATSAPP_ALLOWED_PHONE_NUMBER_IDS: '[100000000000001]' };
  expect(whatsapp(lists)).toMatchObject({
    allowedUsers: ['7', '-100'],
    whatsapp: { allowedPhoneNumberIds: ['100000000000001'] },
    warnings: [],
  });
});

describe('names', () => {
  test('the shorter names of the queue variables count, and the longer ones win', () => {
    const short = { BUSY_POLICY: 'FIFO', QUEUE_URL: 'https://short' };
    expect(whatsapp(short)).toMatchObject({ busyPolicy: 'fifo', queueUrl: 'https://short' });
    const both = { ...short, MAWS_BUSY_POLICY: 'merge', MAWS_QUEUE_URL: 'https://long' };
    expect(whatsapp(both)).toMatchObject({ busyPolicy: 'merge', queueUrl: 'https://long' });
  });

  test.each(['', '_API_KEY', '_KEY'])(
    'a credential is found under its name with the suffix "%s", in any case',
    (suffix) => {
      for (const change of [(name: string) => name, (name: string) => name.toLowerCase()]) {
        const named = (...names: string[]) =>
          Object.fromEntries(names.map((name) => [change(`${name}${suffix}`), `the ${name}`]));
        expect(readBotConfig({ BOT_TYPE: 'telegram', ...named('TELEGRAM_TOKEN') }).telegram.token).toBe(
          'the TELEGRAM_TOKEN',
        );
        const { whatsapp: read } = readBotConfig(
          named('WHATSAPP_TOKEN', 'WHATSAPP_PHONE_NUMBER_ID', 'WHATSAPP_VERIFY_TOKEN'),
        );
        expect(read).toMatchObject({
          token: 'the WHATSAPP_TOKEN',
          phoneNumberId: 'the WHATSAPP_PHONE_NUMBER_ID',
          verifyToken: 'the WHATSAPP_VERIFY_TOKEN',
        });
      }
    },
  );

  test('WEBHOOK_VERIFY_TOKEN wins over WHATSAPP_VERIFY_TOKEN', () => {
    expect(whatsapp({ WHATSAPP_VERIFY_TOKEN: 'other' }).whatsapp.verifyToken).toBe('verify');
  });

  test('the secrets may stand under a name of one’s own', () => {
    const app = {
      WHATSAPP_APP_SECRET_ENV_KEY: 'META_SECRET',
      META_SECRET: 'mine',
      WHATSAPP_APP_SECRET: 'other',
    };
    expect(whatsapp(app).whatsapp).toMatchObject({ appSecret: 'mine', verifySignature: true });
    const hook = {
      TELEGRAM_WEBHOOK_SECRET_TOKEN_ENV_KEY: 'HOOK',
      HOOK: 'mine',
      TELEGRAM_WEBHOOK_SECRET_TOKEN: 'x',
    };
    expect(telegram(hook).telegram.secretToken).toBe('mine');
    expect(() => telegram({ ...hook, HOOK: 'not allowed' })).toThrow('HOOK must be 1 to 256 characters');
  });
});

test('BOT_TYPE counts in any case, what code says wins over it, and another word is a fault without that word', () => {
  expect(readBotConfig({ ...TELEGRAM, BOT_TYPE: ' TeleGram ' }).botType).toBe('telegram');
  expect(readBotConfig({ ...TELEGRAM, BOT_TYPE: 'whatsapp' }, ' Telegram ').botType).toBe('telegram');
  expect(readBotConfig(TELEGRAM, ' ').botType).toBe('telegram');
  expect(() => readBotConfig({ ...TELEGRAM, BOT_TYPE: 'signal' })).toThrow(/BOT_TYPE must be/);
  expect(() => readBotConfig({ ...TELEGRAM, BOT_TYPE: 'signal' })).not.toThrow(/signal/);
});

test('a Telegram secret is 1 to 256 characters of its alphabet, and may be demanded', () => {
  const secret = (value: string, more: Variables = {}) =>
    telegram({ TELEGRAM_WEBHOOK_SECRET_TOKEN: value, ...more }).telegram.secretToken;
  expect(secret('aZ09_-')).toBe('aZ09_-');
  expect(secret('x'.repeat(256))).toHaveLength(256);
  for (const bad of ['x'.repeat(257), 'a b', 'ñ', 'a.b'])
    expect(() => secret(bad)).toThrow('TELEGRAM_WEBHOOK_SECRET_TOKEN must be');
  expect(() => secret('', { TELEGRAM_WEBHOOK_SECRET_REQUIRED: 'true' })).toThrow(
    'TELEGRAM_WEBHOOK_SECRET_TOKEN is missing',
  );
});

test('signatures are checked when there is a secret, unless somebody says no, which warns', () => {
  const checked = (variables: Variables) => {
    const { whatsapp: read, warnings } = whatsapp(variables);
    return [read.verifySignature, warnings.length];
  };
  const secret = { WHATSAPP_APP_SECRET: 'secret' };
  expect(checked(secret)).toEqual([true, 0]);
  expect(checked({ ...secret, WHATSAPP_VERIFY_SIGNATURE: 'maybe' })).toEqual([true, 0]);
  expect(checked({ ...secret, WHATSAPP_VERIFY_SIGNATURE: 'no' })).toEqual([false, 1]);
  expect(checked({ WHATSAPP_VERIFY_SIGNATURE: 'on' })).toEqual([true, 0]);
});

test('a Graph version is v, digits, a point and digits', () => {
  expect(whatsapp({ GRAPH_API_VERSION: 'v27.0' }).whatsapp.graphVersion).toBe('v27.0');
  for (const bad of ['26.0', 'v26', 'v26.0/x', 'latest'])
    expect(() => whatsapp({ GRAPH_API_VERSION: bad })).toThrow('GRAPH_API_VERSION');
});

test('a message is too old after 120 s under drop; under fifo only when somebody says so', () => {
  const delay = (variables: Variables) => whatsapp(variables).maxMessageDelaySeconds;
  expect(delay({ MAX_ALLOWED_MESSAGE_DELAY: '0' })).toBeUndefined();
  for (const policy of ['fifo', 'merge']) {
    const queue = { MAWS_BUSY_POLICY: policy, MAWS_QUEUE_URL: 'https://queue' };
    expect(delay(queue)).toBeUndefined();
    expect(delay({ ...queue, MAX_ALLOWED_MESSAGE_DELAY: '60.5' })).toBe(60.5);
  }
});

test('texts that are empty on purpose stay empty', () => {
  const empty = { ERROR_MESSAGE: '', RATE_LIMIT_MESSAGE: ' ', SPEND_LIMIT_MESSAGE: '' };
  expect(whatsapp(empty).messages).toMatchObject({ error: '', rateLimit: '', spendLimit: '' });
  expect(whatsapp({ BUSY_MESSAGE: ' Busy. ' }).messages.busy).toBe('Busy.');
});

test('prefixes lose the spaces and slashes around them', () => {
  expect(
    whatsapp({ HISTORY_S3_PREFIX: ' /a/b/ ', FILES_S3_PREFIX: '/f/', FAILED_EVENTS_S3_PREFIX: 'e/' }),
  ).toMatchObject({ historyPrefix: 'a/b', filesPrefix: 'f', failedEventsPrefix: 'e' });
});

test('the key of the hashes in logs is the one given, else made of the platform token', () => {
  const key = (variables: Variables) => whatsapp(variables).logHashKey;
  expect(key({ LOG_HASH_KEY: 'mine' })).toBe('mine');
  expect(key({ WHATSAPP_TOKEN: 'another' })).not.toBe(key({}));
});
