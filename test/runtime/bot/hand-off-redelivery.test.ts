import { expect, test } from 'vitest';
import { awsError } from '../../support/tap.ts';
import { ingressWorld, QUEUE_URL, whatsappBatch } from './ingress-world.ts';
import { context, record, workerWorld } from './worker-world.ts';

const FIFO = { MAWS_BUSY_POLICY: 'fifo', MAWS_QUEUE_URL: QUEUE_URL };

/** Works everything that the queue took, in its order; resolves to the texts that were sent, by chat. */
async function workAll(ingress: ReturnType<typeof ingressWorld>) {
  const world = workerWorld({ policy: 'fifo', agent: (turn) => `reply to ${turn.eventId}` });
  for (const { body, messageId, groupId } of ingress.sqs.messages(QUEUE_URL)) {
    const response = await world.worker(
      { Records: [record(JSON.parse(body).maws_job, messageId, groupId)] },
      context(),
    );
    expect(response).toEqual({ batchItemFailures: [] });
  }
  return { agentRuns: world.agentTurns.length, texts: world.provider.sent.map(({ text }) => text) };
}

test('bot A14: three chats in one webhook, the second refused: 503, and the redelivery doubles nothing', async () => {
  const ingress = ingressWorld('whatsapp', FIFO);
  const webhook = whatsappBatch(ingress, [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
  ]);
  let refusals = 1;
  ingress.tap.before = ({ name, input }) => {
    if (name === 'SendMessageBatch' && refusals > 0) (input.Entries as unknown[]).splice(1, 1);
  };
  ingress.tap.after = ({ name }, output) => {
    if (name === 'SendMessageBatch' && refusals-- > 0)
      Object.assign(output as object, { Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] });
  };
  expect(await ingress.send(webhook)).toMatchObject({ statusCode: 503 });
  expect(ingress.sqs.messages(QUEUE_URL)).toHaveLength(2);
  // After the time in which SQS itself would know them again.
  ingress.clock.jump(400_000);
  expect(await ingress.send(webhook)).toMatchObject({ statusCode: 200 });
  expect(ingress.sqs.messages(QUEUE_URL)).toHaveLength(5);
  const { agentRuns, texts } = await workAll(ingress);
  expect(agentRuns).toBe(3);
  expect(texts.sort()).toEqual(['reply to a', 'reply to b', 'reply to c']);
});

test('bot A14: three messages of one chat, the second refused: the third is not sent, and the order is kept', async () => {
  const ingress = ingressWorld('whatsapp', FIFO);
  const webhook = whatsappBatch(ingress, [
    ['1', 'a'],
    ['1', 'b'],
    ['1', 'c'],
  ]);
  let sends = 0;
  ingress.tap.before = ({ name }) => {
    if (name === 'SendMessage' && ++sends === 2) throw awsError('AccessDenied', 403);
  };
  expect(await ingress.send(webhook)).toMatchObject({ statusCode: 503 });
  expect(ingress.sqs.messages(QUEUE_URL)).toHaveLength(1);
  ingress.clock.jump(400_000);
  expect(await ingress.send(webhook)).toMatchObject({ statusCode: 200 });
  const { agentRuns, texts } = await workAll(ingress);
  expect(agentRuns).toBe(3);
  expect(texts).toEqual(['reply to a', 'reply to b', 'reply to c']);
});
