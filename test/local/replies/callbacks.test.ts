import { describe, expect, it, vi } from 'vitest';
import type { TwilioWebhook } from '../../../local/recordings/twilio.ts';
import { twilioSignature } from '../../../local/recordings/twilio.ts';
import { CALLBACK_ORDERS, isCallbackOrder, sendCallbacks } from '../../../local/replies/callbacks.ts';
import { COMPANY_NUMBER, PEOPLE } from '../../../local/replies/people.ts';
import { newRepliesSecrets } from '../../../local/replies/secrets.ts';
import { createRepliesStandIns } from '../../../local/replies/stand-ins.ts';

const secrets = newRepliesSecrets();
const STATUS_URL = 'https://replies.hookline.invalid/whatsapp/status?turn=t1&part=1';

function world() {
  const { twilio } = createRepliesStandIns(secrets);
  const posted: TwilioWebhook[] = [];
  const callbacks = sendCallbacks(twilio, async (webhook) => posted.push(webhook), 1);
  const add = (statusCallback?: string) =>
    twilio.add({
      from: `whatsapp:${COMPANY_NUMBER}`,
      to: `whatsapp:${PEOPLE[0]?.number}`,
      body: 'Hi',
      statusCallback,
    });
  const statuses = () => posted.map(({ body }) => new URLSearchParams(body).get('MessageStatus'));
  return { callbacks, posted, add, statuses };
}

describe('status callbacks', () => {
  it('go to the address that the sender gave, in the usual order, signed', async () => {
    const { callbacks, posted, add, statuses } = world();
    add(STATUS_URL);
    await vi.waitFor(() => expect(statuses()).toEqual(['sent', 'delivered', 'read']));
    for (const { url, headers, body } of posted) {
      expect(url).toBe(STATUS_URL);
      const signature = twilioSignature(secrets.authToken, url, [...new URLSearchParams(body)]);
      expect(headers['x-twilio-signature']).toBe(signature);
    }
    await callbacks.stop();
  });

  it('come in the order that was chosen when the message was sent', async () => {
    const { callbacks, posted, add, statuses } = world();
    callbacks.order = 'reversed';
    add(STATUS_URL);
    await vi.waitFor(() => expect(statuses()).toEqual(['read', 'delivered', 'sent']));
    callbacks.order = 'undelivered';
    add(STATUS_URL);
    await vi.waitFor(() => expect(statuses().slice(3)).toEqual(['sent', 'undelivered']));
    expect(new URLSearchParams(posted.at(-1)?.body).get('ErrorCode')).toBe('63024');
    await callbacks.stop();
  });

  it('do not come where none were asked for, and none after the end', async () => {
    const { callbacks, add, statuses } = world();
    add();
    callbacks.order = 'none';
    add(STATUS_URL);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await callbacks.stop();
    add(STATUS_URL);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(statuses()).toEqual([]);
  });

  it('have orders with names', () => {
    expect(Object.keys(CALLBACK_ORDERS).every(isCallbackOrder)).toBe(true);
    expect([undefined, 'toString', 'other'].some(isCallbackOrder)).toBe(false);
  });
});
