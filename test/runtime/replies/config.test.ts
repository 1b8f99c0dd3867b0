import { describe, expect, test } from 'vitest';
import { readSweeperConfig, readWebhookConfig, readWorkerConfig } from '../../../runtime/replies/config.ts';

const worker = {
  CONVERSATIONS_TABLE: 'c',
  CONVERSATIONS_STAGE_TABLE: 's',
  CONVERSATIONS_TRIGGER_LOCK_TABLE: 'l',
  CONVERSATIONS_ARCHIVE_TABLE: 'a',
  WHATSAPP_QUEUE_URL: 'https://sqs.example/q',
  HANDOFF_QUEUE_URL: 'https://sqs.example/h',
};
const webhook = {
  CONVERSATIONS_TABLE_NAME: 'c',
  STAGE_TABLE_NAME: 's',
  LOCK_TABLE_NAME: 'l',
  ARCHIVE_TABLE_NAME: 'a',
  WHATSAPP_QUEUE_URL: 'https://sqs.example/q',
  HANDOFF_QUEUE_URL: 'https://sqs.example/h',
};

describe('configuration of the reply engine', () => {
  test.each([
    ['20', 20, false],
    ['21', 5, true],
    ['0', 5, true],
  ])(
    'a reply of %s messages is taken as %d: a turn with more would not fit its record',
    (given, taken, warns) => {
      const { maxReplyParts, warnings } = readWorkerConfig({ ...worker, MAX_REPLY_PARTS: given });
      expect(maxReplyParts).toBe(taken);
      expect(warnings.join().includes('MAX_REPLY_PARTS')).toBe(warns);
    },
  );

  test('what is not given has the contract’s default', () => {
    expect(readWorkerConfig(worker)).toMatchObject({
      tables: { conversations: 'c', stage: 's', triggerLock: 'l', archive: 'a' },
      batchWindowSeconds: 10,
      ttlBufferSeconds: 60,
      stageTtlSeconds: 1_296_000,
      archiveAtBytes: 102_400,
      maxReceiveCount: 5,
      ttlAttribute: 'expires_at',
      region: 'eu-north-1',
      secretsRegion: 'eu-north-1',
      metricsNamespace: 'ai-multi-comms-replies/dev',
      logLevel: 'INFO',
      logHashKey: 'hookline:s',
      heartbeatIntervalMillis: 300_000,
      modelTimeoutMillis: 120_000,
      maxBatchChars: 12_000,
      maxTurnsPerHour: 30,
      maxReplyParts: 5,
      replyFormat: 'auto',
      handoffSendDraft: false,
      ambiguityPolicy: 'resend',
      warnings: [],
    });
    expect(readWebhookConfig(webhook)).toMatchObject({
      invalidSignatureStatus: 403,
      publicWebhookUrl: undefined,
      stopWords: { out: expect.arrayContaining(['STOP', 'OPTOUT']), in: ['START', 'UNSTOP', 'YES'] },
    });
  });

  test('each function takes both namings of the tables', () => {
    const tables = { conversations: 'c', stage: 's', triggerLock: 'l', archive: 'a' };
    for (const names of [worker, webhook])
      for (const read of [readWebhookConfig, readWorkerConfig, readSweeperConfig])
        expect(read(names).tables).toEqual(tables);
  });

  test('all that is missing is told at once', () => {
    expect(() => readSweeperConfig({})).toThrow(
      /CONVERSATIONS_STAGE_TABLE or STAGE_TABLE_NAME is not set.*HANDOFF_QUEUE_URL is not set/,
    );
  });

  test.each(['', '0', '-1', '1.5', '5m', '1e3'])('a heartbeat interval of "%s" stops the worker', (value) => {
    const environment = { ...worker, SQS_HEARTBEAT_INTERVAL_MS: value };
    expect(() => readWorkerConfig(environment)).toThrow('SQS_HEARTBEAT_INTERVAL_MS is not a positive');
  });

  test('what cannot work is refused; what can be defaulted warns', () => {
    const faults = { ARCHIVE_AT_BYTES: '1000', BATCH_WINDOW_SECONDS: '901', STATUS_CALLBACK_URL: 'nowhere' };
    expect(() => readWorkerConfig({ ...worker, ...faults })).toThrow(
      /BATCH_WINDOW_SECONDS is more than 900.*ARCHIVE_AT_BYTES is not between.*STATUS_CALLBACK_URL is not/,
    );
    const odd = readWorkerConfig({
      ...worker,
      MAX_BATCH_CHARS: 'many',
      LOG_LEVEL: 'loud',
      REPLY_FORMAT: 'xml',
    });
    expect(odd).toMatchObject({ maxBatchChars: 12_000, logLevel: 'INFO', replyFormat: 'auto' });
    expect(odd.warnings).toHaveLength(3);
  });

  test('log levels go by both names of a warning', () => {
    const level = (LOG_LEVEL: string) => readSweeperConfig({ ...worker, LOG_LEVEL }).logLevel;
    expect(['DEBUG', 'warning', 'WARN', 'Error'].map(level)).toEqual(['DEBUG', 'WARN', 'WARN', 'ERROR']);
  });

  test('stop words are a list, in any case', () => {
    const { stopWords } = readWebhookConfig({ ...webhook, STOP_WORDS: 'stopp, ende ,' });
    expect(stopWords.out).toEqual(['STOPP', 'ENDE']);
  });

  test('secrets can lie in another region than the function', () => {
    const regions = { AWS_REGION: 'eu-west-1', SECRETS_MANAGER_REGION: 'eu-central-1' };
    expect(readSweeperConfig({ ...worker, ...regions })).toMatchObject({
      region: 'eu-west-1',
      secretsRegion: 'eu-central-1',
    });
  });
});
