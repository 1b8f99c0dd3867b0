import { expect, test } from 'vitest';
import { whatsappWebhook } from '../../local/recordings/webhooks.ts';
import { readHttpEvent } from '../../runtime/core/http-event.ts';
import { httpEvent, lambdaContext, sqsEvent } from './events.ts';
import { FakeClock } from './fake-clock.ts';

test.each(['rest', 'http', 'function_url'] as const)('a signed webhook survives the shape %s', (shape) => {
  const webhook = whatsappWebhook({ appSecret: 'secret' });
  for (const base64 of [false, true]) {
    const request = readHttpEvent(httpEvent({ ...webhook, base64 }, shape));
    expect(request?.method).toBe('POST');
    expect(request?.rawBody.toString()).toBe(webhook.body);
    expect(request?.headers['x-hub-signature-256']).toMatch(/^sha256=/);
  }
});

test('records of a queue and the time left', async () => {
  const event = sqsEvent([{ body: { maws_job: {} }, groupId: 'a', receiveCount: 2 }]);
  expect(event).toMatchObject({
    Records: [
      {
        body: '{"maws_job":{}}',
        attributes: { ApproximateReceiveCount: '2', MessageGroupId: 'a' },
        eventSource: 'aws:sqs',
      },
    ],
  });
  const clock = new FakeClock({ auto: false });
  const context = lambdaContext({ remainingMillis: 5000, clock });
  await clock.advance(2000);
  expect(context.getRemainingTimeInMillis()).toBe(3000);
});
