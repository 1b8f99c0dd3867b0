import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleDelivery } from '../../local/files/example.ts';
import type { StandFiles } from '../../local/files/stand.ts';
import { eventOf } from '../../runtime/files/event/write-event.ts';
import { takeIn } from '../../runtime/files/orchestrate/intake.ts';
import {
  connect,
  delivered,
  deployed,
  detect,
  invoke,
  killedAgo,
  processorLines,
  record,
  untilPublished,
} from './support/files-harness.ts';
import { sqsClient, until } from './support/harness.ts';

let files: StandFiles;
beforeAll(async () => {
  files = await connect();
});
afterAll(() => files.stop());

/** Names of an execution's files. */
async function names(id: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of files.stores.storage.listFiles(id)) found.push(name);
  return found;
}

/** The example, taken in; its record waits. */
async function takenIn() {
  const { yamlText, fileName, content } = await exampleDelivery();
  const { id } = await delivered(files, yamlText, fileName, content);
  const inputs = [{ sourceExecutionId: id, filename: fileName }];
  const { storage, executions: store } = files.stores;
  return takeIn({ executionId: id, yamlText, inputs }, { storage, store });
}

/** Dispatched to Lambda, but no event was sent. */
async function dispatched() {
  const sent = await files.stores.executions.dispatch(await takenIn(), { target: 'lambda', reason: 'cpu' });
  if (sent.status !== 'done') throw new Error(`The dispatch was ${sent.status}.`);
  return sent.record;
}

/** One manifest, that of the record; its copy and its report under their plain names; one end in the log. */
async function expectPublishedOnce(id: string, attempt: number): Promise<void> {
  const { manifestKey = '', ...found } = await record(files, id);
  expect(found).toMatchObject({ attempt, target: 'lambda' });
  const all = await names(id);
  expect(all.filter((name) => /^attempts\/.*\/manifest\.json$/.test(name))).toEqual([manifestKey]);
  expect(all).toEqual(expect.arrayContaining(['manifest.json', 'report.html', 'results.txt']));
  const { storage } = files.stores;
  expect(await storage.readFile(id, 'manifest.json')).toEqual(await storage.readFile(id, manifestKey));
  const ends = await until('the end in the log', async () => {
    const lines = await processorLines(id);
    const ended = lines.filter(({ event }) => event === 'execution_finished');
    return ended.length > 0 && ended;
  });
  expect(ends).toHaveLength(1);
}

// Most of it is waiting.
describe.concurrent('the checking of files', () => {
  it('a ZIP and a CSV run in Lambda and are published once, with their counts', async () => {
    const { yamlText, fileName, content } = await exampleDelivery();
    const orders = Buffer.from('cliente;cantidad\nc1;5\nc2;0\n');
    const zip = await delivered(files, yamlText, fileName, content);
    const csv = await delivered(files, yamlText, 'pedidos.csv', orders);
    for (const { id, yaml_config, input_files } of [zip, csv])
      expect(await files.orchestrator.invokeLambda(id, yaml_config, input_files)).toBe(true);
    expect(await untilPublished(files, zip.id)).toMatchObject({
      state: 'PARTIAL',
      counts: { records: 5, errors: 0, warnings: 1 },
    });
    expect(await untilPublished(files, csv.id)).toMatchObject({
      state: 'REJECTED',
      counts: { records: 2, errors: 1, warnings: 0 },
    });
    await expectPublishedOnce(zip.id, 1);
    await expectPublishedOnce(csv.id, 1);
  });

  it('an attempt that was killed is run again by the detector and published once', async () => {
    const { executions, lock, storage } = files.stores;
    const first = await dispatched();
    const { executionId: id } = first;
    const owner = 'killed';
    expect(await lock.acquire(id, owner)).toMatchObject({ acquired: true });
    expect((await executions.start(first, owner)).status).toBe('done');
    await storage.writeFile(id, `attempts/1-${owner}/report.html`, Buffer.from('half'));
    await killedAgo(id, 600);

    expect(await untilPublished(files, id, 150, detect)).toMatchObject({
      state: 'PARTIAL',
      counts: { records: 5, errors: 0, warnings: 1 },
    });
    await expectPublishedOnce(id, 2);
    const late = await invoke(deployed().processor_function_name, {
      ...eventOf(first, false),
      invocation: 'sync',
    });
    expect(late.statusCode).toBe(409);
    expect(JSON.parse(String(late.body))).toMatchObject({ error: 'superseded' });
    await expectPublishedOnce(id, 2);
  });

  it('an event that Lambda dropped is taken from the queue of failures and run again', async () => {
    const lost = await dispatched();
    const { failures_queue_url: QueueUrl } = deployed();
    const letter = {
      requestContext: { condition: 'EventAgeExceeded' },
      requestPayload: eventOf(lost, false),
    };
    await sqsClient().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(letter) }));
    expect(await untilPublished(files, lost.executionId, 150, detect)).toMatchObject({ state: 'PARTIAL' });
    await expectPublishedOnce(lost.executionId, 2);
    const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes } = await sqsClient().send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] }),
    );
    for (const count of counts) expect(Attributes?.[count]).toBe('0');
  });
});
