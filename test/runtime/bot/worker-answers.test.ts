import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildLambdaHandler } from '../../../runtime/bot/handler.ts';
import { buildWorkerHandler } from '../../../runtime/bot/worker-handler.ts';
import { asynchronous, CHAT, context, queued, record, textJob, workerWorld } from './worker-world.ts';

/** What the worker answers (contract bot §5), where the acceptance rows do not say it. */

const json = (statusCode: number, text: string) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(text),
});
const direct = () => ({ update: textJob('hello', '1', 'telegram').payload });

test('without a bucket a direct invocation is told so, and a job comes back; no agent is built or asked', async () => {
  const packageRoot = mkdtempSync(join(tmpdir(), 'hookline-package-'));
  onTestFinished(() => rmSync(packageRoot, { recursive: true, force: true }));
  writeFileSync(join(packageRoot, 'config.json'), 'an agent that could not be built');
  const world = workerWorld();
  const build = (BUCKET_NAME: string) => {
    const environment = { BUCKET_NAME, LAMBDA_TASK_ROOT: packageRoot, TELEGRAM_TOKEN: '1:token' };
    const { s3, sqs, clock } = world;
    return buildWorkerHandler('telegram', { environment, clients: { s3, sqs, clock }, writeLog: () => {} });
  };
  const worker = build(' ');
  expect(await worker(direct(), context())).toEqual(
    json(500, 'BUCKET_NAME is required for MAWS worker history persistence.'),
  );
  await expect(worker(asynchronous(textJob('hello', '1', 'telegram')), context())).rejects.toThrow(
    'BUCKET_NAME is required',
  );
  expect(await worker(queued(textJob('hello', '1', 'telegram')), context())).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
  expect(world.tap.calls).toEqual([]);
  await expect(build('bucket')(direct(), context())).rejects.toThrow('config.json');
});

test('the direct shapes of the earlier library are worked on the spot', async () => {
  const telegram = workerWorld({ provider: 'telegram' });
  expect(await telegram.worker(direct(), context())).toEqual(json(200, 'Processed.'));
  expect(telegram.provider.sent.map(({ text }) => text)).toEqual(['You said: hello']);
  const whatsapp = workerWorld();
  const body = { whatsapp_update: textJob('hello').payload };
  expect(await whatsapp.worker(body, context())).toEqual(json(200, 'Processed.'));
  expect(whatsapp.provider.sent.map(({ chatId }) => chatId)).toEqual([CHAT]);
});

test('what holds no message is answered, and nothing is called', async () => {
  const world = workerWorld();
  expect(await world.worker({ whatsapp_update: { entry: [] } }, context())).toEqual(
    json(200, 'No jobs found.'),
  );
  const nameless = { ...textJob('hello'), chat_id: '' };
  expect(await world.worker(asynchronous(nameless), context())).toEqual(
    json(200, 'No chat_id found; update ignored.'),
  );
  expect(await world.worker(queued(nameless), context())).toEqual({ batchItemFailures: [] });
  expect(await world.worker({ update: 'no object' }, context())).toEqual(
    json(400, 'Invocation not recognized.'),
  );
  expect(await world.worker({ detail: {} }, context())).toEqual(json(400, 'Invocation not recognized.'));
  expect([world.agentTurns, world.tap.calls]).toEqual([[], []]);
});

test('a record that cannot be read fails alone, and no line quotes it', async () => {
  const world = workerWorld({ policy: 'fifo' });
  const bad = (body: string, id: string) => ({ ...record({}, id, `group of ${id}`), body });
  const response = await world.worker(
    {
      Records: [
        bad('{"maws_job": "the words', 'm1'),
        bad('{"maws_job": {"chat_id": "the words"}}', 'm2'),
        bad('{}', 'm3'),
        record(textJob('hello'), 'm4'),
      ],
    },
    context(),
  );
  expect(response).toEqual({ batchItemFailures: ['m1', 'm2', 'm3'].map((id) => ({ itemIdentifier: id })) });
  expect(world.provider.sent.map(({ text }) => text)).toEqual(['You said: hello']);
  expect(JSON.stringify(world.lines)).not.toContain('the words');
});

test('records count with either capital of their source', async () => {
  const world = workerWorld({ policy: 'fifo' });
  const { s3, dynamodb, sqs, clock } = world;
  const handler = buildLambdaHandler('whatsapp', {
    agent: () => null,
    environment: {
      BUCKET_NAME: 'bucket',
      MAWS_TMP_DIR: world.tmp,
      WHATSAPP_TOKEN: 'token',
      WHATSAPP_PHONE_NUMBER_ID: '1055',
      WEBHOOK_VERIFY_TOKEN: 'verify',
    },
    clients: { s3, dynamodb, sqs, clock },
    writeLog: () => {},
  });
  const { eventSource, ...rest } = record(textJob('hello'));
  for (const source of [{ eventSource }, { EventSource: eventSource }])
    expect(await handler({ Records: [{ ...rest, ...source }] }, context())).toEqual({
      batchItemFailures: [],
    });
});

test('a bot that is not configured lists every fault in one line, and no message is lost to it', async () => {
  const world = workerWorld({ environment: { WHATSAPP_TOKEN: '', GRAPH_API_VERSION: 'latest' } });
  await expect(world.worker(asynchronous(textJob('hello')), context())).rejects.toThrow('WHATSAPP_TOKEN');
  expect(await world.worker(queued(textJob('hello')), context())).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
  const faults = world.lines.filter((line) => line.message === 'configuration_faulty');
  expect(faults).toHaveLength(2);
  for (const line of faults) {
    expect(line.level).toBe('CRITICAL');
    expect(String(line.faults)).toMatch(/GRAPH_API_VERSION.*WHATSAPP_TOKEN/);
  }
});
