import { describe, expect, it } from 'vitest';
import { whatsappSignature } from '../../../local/recordings/webhooks.ts';
import { APP_SECRET, ingressWorld, telegramText, whatsappText } from './ingress-world.ts';

/** The body with a letter escaped as Meta sends it: parsing and serialising again would lose the escape. */
function escapedWebhook(world: ReturnType<typeof ingressWorld>) {
  const body = whatsappText(world).body.replace('Hello', '\\u00d1and\\u00fa \\/ \\ud83d\\ude00');
  return { body, headers: { 'x-hub-signature-256': whatsappSignature(body, APP_SECRET) } };
}

describe('WhatsApp', () => {
  it('bot A8: the signature is over the bytes as sent, whatever the case of the header', async () => {
    const world = ingressWorld('whatsapp');
    const { body, headers } = escapedWebhook(world);
    expect(JSON.stringify(JSON.parse(body))).not.toBe(body);
    const upperCase = headers['x-hub-signature-256'].replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase());
    for (const header of [headers, { 'X-HUB-SIGNATURE-256': upperCase }]) {
      for (const base64 of [false, true]) {
        expect(await world.send({ body, headers: header, base64 })).toMatchObject({ statusCode: 200 });
      }
    }
    expect(world.lambda.invocations).toHaveLength(4);
    const reserialised = JSON.stringify(JSON.parse(body));
    expect(await world.send({ body: reserialised, headers })).toMatchObject({ statusCode: 403 });
  });

  const hex = '0'.repeat(64);
  it.each([
    ['wrong', { 'x-hub-signature-256': `sha256=${hex}` }],
    ['by another secret', undefined],
    ['missing', {}],
    ['sha1', { 'x-hub-signature-256': `sha1=${hex.slice(24)}` }],
    ['sha1 with 64 digits', { 'x-hub-signature-256': `sha1=${hex}` }],
    ['non-ASCII', { 'x-hub-signature-256': `sha256=${'ñ'.repeat(64)}` }],
    ['non-ASCII digits', { 'x-hub-signature-256': `sha256=${hex.slice(1)}٣` }],
    ['empty', { 'x-hub-signature-256': 'sha256=' }],
  ])('bot A9: a signature that is %s is forbidden', async (_case, headers) => {
    const world = ingressWorld('whatsapp', { CAPTURE_FAILED_EVENTS: 'true' });
    const { body } = whatsappText(world);
    const other = { 'x-hub-signature-256': whatsappSignature(body, 'another') };
    const answer = await world.send({ body, headers: headers ?? other });
    expect(answer).toMatchObject({ statusCode: 403, body: '"Forbidden"' });
    expect(world.tap.calls).toEqual([]);
    expect(world.log.of('webhook_answered')).toEqual([expect.objectContaining({ status: 403 })]);
  });

  it('bot A10: verification on without a secret is an error; with a secret it is on by itself', async () => {
    const on = { WHATSAPP_VERIFY_SIGNATURE: 'true', WHATSAPP_APP_SECRET: undefined };
    const noSecret = ingressWorld('whatsapp', on);
    expect(await noSecret.send(whatsappText(noSecret))).toMatchObject({
      statusCode: 500,
      body: '"Webhook signature verification is misconfigured."',
    });
    const unset = ingressWorld('whatsapp');
    const { body } = whatsappText(unset);
    expect(await unset.send({ body })).toMatchObject({ statusCode: 403, body: '"Forbidden"' });
    expect([...noSecret.tap.calls, ...unset.tap.calls]).toEqual([]);
  });
});

describe('Telegram', () => {
  it.each([
    ['right', 'secret_token-1', 200],
    ['wrong', 'secret_token-2', 403],
    ['absent', undefined, 403],
    ['ñ', 'ñ', 403],
    ['longer', 'secret_token-11', 403],
  ])('bot A11: a secret that is %s', async (_case, secret, statusCode) => {
    const world = ingressWorld('telegram');
    const { body } = telegramText(world);
    const headers = secret === undefined ? {} : { 'X-Telegram-Bot-Api-Secret-Token': secret };
    const answer = await world.send({ body, headers });
    expect(answer.statusCode).toBe(statusCode);
    if (statusCode === 403) expect(answer.body).toBe('"Forbidden"');
    expect(world.lambda.invocations).toHaveLength(statusCode === 200 ? 1 : 0);
  });
});
