import { describe, expect, it } from 'vitest';
import { FUNCTION_ARN } from '../../support/events.ts';
import { awsError } from '../../support/tap.ts';
import { ingressWorld, jobsOf, signed, telegramText, whatsappBatch, whatsappText } from './ingress-world.ts';

interface WhatsappPayload {
  readonly entry: { changes: { value: { messages: { id: string }[] } }[] }[];
}

const messageIds = (job: Record<string, unknown>) =>
  (job.payload as WhatsappPayload).entry
    .flatMap((entry) => entry.changes)
    .flatMap((change) => change.value.messages.map((message) => message.id));

describe('self-invoke', () => {
  it('bot A4: one WhatsApp text is one asynchronous invocation of the own ARN', async () => {
    const world = ingressWorld('whatsapp');
    const webhook = whatsappText(world);
    expect(await world.send(webhook)).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: '"Webhook received."',
    });
    expect(world.tap.calls).toEqual(['Invoke']);
    expect(world.lambda.invocations).toEqual([
      expect.objectContaining({ functionName: FUNCTION_ARN, invocationType: 'Event' }),
    ]);
    expect(jobsOf(world)).toEqual([
      expect.objectContaining({
        maws_job_version: 1,
        v: 1,
        provider: 'whatsapp',
        bot_type: 'whatsapp',
        job_kind: 'turn',
        chat_id: webhook.chatId,
        user_id: webhook.chatId,
        event_id: webhook.eventId,
        sent_at: new Date(world.clock.nowMillis()).toISOString(),
      }),
    ]);
  });

  it('bot A4: one Telegram text, typing off', async () => {
    const world = ingressWorld('telegram', { TYPING_INDICATOR: 'false', WORKER_FUNCTION_NAME: 'the-worker' });
    const webhook = telegramText(world, { chatId: '-100123', eventId: '99' });
    expect(await world.send(webhook)).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
    expect(world.lambda.invocations).toEqual([
      expect.objectContaining({ functionName: 'the-worker', invocationType: 'Event' }),
    ]);
    expect(jobsOf(world)).toEqual([
      expect.objectContaining({
        maws_job_version: 1,
        chat_id: '-100123',
        event_id: '99',
        provider: 'telegram',
      }),
    ]);
    expect(jobsOf(world)[0]?.payload).toEqual(JSON.parse(webhook.body));
  });

  it('bot A5: two messages of two users are two jobs of one message each, in order', async () => {
    for (const oneChange of [false, true]) {
      const world = ingressWorld('whatsapp');
      let request = whatsappBatch(world, [
        ['111', 'wamid.a'],
        ['222', 'wamid.b'],
      ]);
      if (oneChange) {
        const body = JSON.parse(request.body ?? '');
        const [first, second] = body.entry[0].changes;
        first.value.messages.push(...second.value.messages);
        body.entry[0].changes = [first];
        request = signed(JSON.stringify(body));
      }
      expect(await world.send(request)).toMatchObject({ statusCode: 200 });
      const jobs = jobsOf(world);
      expect(jobs.map((job) => [job.chat_id, job.event_id])).toEqual([
        ['111', 'wamid.a'],
        ['222', 'wamid.b'],
      ]);
      expect(jobs.map(messageIds)).toEqual([['wamid.a'], ['wamid.b']]);
    }
  });

  it('bot A12: a failed invocation is answered 503, and the redelivery succeeds once', async () => {
    const world = ingressWorld('whatsapp', { CAPTURE_FAILED_EVENTS: 'true' });
    const webhook = whatsappText(world);
    world.tap.before = ({ name }) => {
      if (name === 'Invoke') throw awsError('ServiceException', 500);
    };
    expect(await world.send(webhook)).toMatchObject({ statusCode: 503, body: '"Temporarily unavailable."' });
    expect(await world.send(webhook)).toMatchObject({ statusCode: 503 });
    expect(world.s3.keys()).toEqual([]);
    world.tap.before = undefined;
    expect(await world.send(webhook)).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
    expect(jobsOf(world).map((job) => job.event_id)).toEqual([webhook.eventId]);
    expect(world.s3.keys()).toEqual([]);
  });
});

describe('event shapes', () => {
  it('bot A7: base64, HTTP API, function URL and multiValueHeaders give the same job', async () => {
    const plain = ingressWorld('whatsapp');
    const webhook = whatsappText(plain);
    await plain.send(webhook);
    const [expected] = jobsOf(plain);
    for (const shape of ['rest', 'http', 'function_url'] as const) {
      for (const base64 of [false, true]) {
        const world = ingressWorld('whatsapp');
        expect(await world.send({ ...webhook, base64 }, shape)).toMatchObject({ statusCode: 200 });
        expect(jobsOf(world)).toEqual([{ ...expected, traceparent: expect.any(String) }]);
      }
    }
    const world = ingressWorld('whatsapp');
    const multiValueHeaders = Object.fromEntries(
      Object.entries(webhook.headers).map(([name, value]) => [name.toUpperCase(), [value]]),
    );
    const event = { httpMethod: 'POST', headers: null, multiValueHeaders, body: webhook.body };
    await world.handler(event, { awsRequestId: 'r', invokedFunctionArn: FUNCTION_ARN } as never);
    expect(jobsOf(world)).toEqual([{ ...expected, traceparent: expect.any(String) }]);
  });
});
