import { createHmac } from 'node:crypto';
import { build } from 'esbuild';
import { describe, expect, it, test } from 'vitest';
import { type FormFields, fieldOf, parseForm } from '../../../../runtime/channels/twilio/form.ts';
import { isSignedByTwilio } from '../../../../runtime/channels/twilio/verify.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const URL_OF_WEBHOOK = 'https://api.example.com/dev/whatsapp';
const ACCOUNT = `AC${'0'.repeat(32)}`;
const SID = `SM${'0'.repeat(31)}1`;
const F = {
  AccountSid: ACCOUNT,
  ApiVersion: '2010-04-01',
  Body: 'Hi',
  From: 'whatsapp:+15005550006',
  MessageSid: SID,
  SmsMessageSid: SID,
  SmsSid: SID,
  NumMedia: '0',
  NumSegments: '1',
  ProfileName: 'Ana',
  SmsStatus: 'received',
  To: 'whatsapp:+15005550001',
  WaId: '15005550006',
};
const V2 = {
  ...F,
  Body: '',
  NumMedia: '1',
  MediaUrl0: `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Messages/MM1/Media/ME1`,
  MediaContentType0: 'image/jpeg',
  ProfileName: 'Zoë',
};
const V3 = {
  AccountSid: ACCOUNT,
  ErrorCode: '63016',
  From: 'whatsapp:+15005550001',
  MessageSid: `SM${'0'.repeat(31)}9`,
  MessageStatus: 'failed',
  To: 'whatsapp:+15005550006',
};

/** As it goes over the wire and comes out of the reader. */
const form = (fields: Record<string, string> | [string, string][]): FormFields =>
  parseForm(Buffer.from(new URLSearchParams(fields).toString()))!;
const isSigned = (
  signature: string | undefined,
  fields: FormFields,
  { urls = [URL_OF_WEBHOOK], tokens = [TOKEN] } = {},
) => isSignedByTwilio({ signature, urls, fields }, tokens);
const sign = (text: string, token = TOKEN) => createHmac('sha1', token).update(text).digest('base64');

describe('the test vectors', () => {
  test('V1: a text, and the same with a query', () => {
    expect(isSigned('YBovwRRG1hL/S5j4U8xuqfLMNkk=', form(F))).toBe(true);
    const urls = [`${URL_OF_WEBHOOK}?a=1&b=2`];
    expect(isSigned('LBqfAEsOGkFMQfsXklliuoVX4yo=', form(F), { urls })).toBe(true);
    expect(isSigned('LBqfAEsOGkFMQfsXklliuoVX4yo=', form(F))).toBe(false);
    expect(isSigned('LBqfAEsOGkFMQfsXklliuoVX4yo=', form(F), { urls: [`${URL_OF_WEBHOOK}?b=2&a=1`] })).toBe(
      false,
    );
  });

  test('V2: a blank body counts, and so do letters outside ASCII', () => {
    expect(isSigned('EaUiuGGKBv9NYRgwNWSpoLN6/xQ=', form(V2))).toBe(true);
    const { Body: _, ...without } = V2;
    expect(isSigned('EaUiuGGKBv9NYRgwNWSpoLN6/xQ=', form(without))).toBe(false);
  });

  test('V3: a status callback is signed with its query', () => {
    const urls = ['https://api.example.com/dev/whatsapp/status?turn=t1&part=1'];
    expect(isSigned('nhtSf6fPwhLHE/5lhBYfIzdECFM=', form(V3), { urls })).toBe(true);
  });
});

describe('isSignedByTwilio', () => {
  it.each([
    ['one letter changed', 'ZBovwRRG1hL/S5j4U8xuqfLMNkk='],
    ['a letter too few', 'YBovwRRG1hL/S5j4U8xuqfLMNkk'],
    ['none', undefined],
    ['a blank one', ''],
  ])('refuses a signature with %s', (_name, signature) => {
    expect(isSigned(signature, form(F))).toBe(false);
  });

  it('refuses every changed, added or missing field', () => {
    const signature = 'YBovwRRG1hL/S5j4U8xuqfLMNkk=';
    expect(isSigned(signature, form({ ...F, Body: 'Ho' }))).toBe(false);
    expect(isSigned(signature, form({ ...F, Extra: '' }))).toBe(false);
    expect(isSigned(signature, [])).toBe(false);
  });

  it('takes either token during a rotation, and never a blank one', () => {
    const signature = sign(`${URL_OF_WEBHOOK}Body`);
    const fields = form({ Body: '' });
    expect(isSigned(signature, fields, { tokens: ['other', TOKEN] })).toBe(true);
    expect(isSigned(signature, fields, { tokens: ['other'] })).toBe(false);
    expect(isSigned(sign(`${URL_OF_WEBHOOK}Body`, ''), fields, { tokens: [''] })).toBe(false);
  });

  it('signs the distinct values of a repeated name, sorted', () => {
    const fields = form([
      ['B', '2'],
      ['A', 'z'],
      ['B', '1'],
      ['B', '2'],
    ]);
    expect(isSigned(sign(`${URL_OF_WEBHOOK}AzB1B2`), fields)).toBe(true);
    expect(isSigned(sign(`${URL_OF_WEBHOOK}AzB2B1B2`), fields)).toBe(false);
  });

  it('sorts names by code point: capitals first', () => {
    const fields = form({ a: '1', B: '2', '10': '3', '9': '4' });
    expect(isSigned(sign(`${URL_OF_WEBHOOK}10394B2a1`), fields)).toBe(true);
  });

  it('takes the address with and without the standard port', () => {
    const signature = sign('https://api.example.com:443/dev/whatsappBodyHi');
    expect(isSigned(signature, form({ Body: 'Hi' }))).toBe(true);
    const plain = sign('https://api.example.com/dev/whatsappBodyHi');
    expect(
      isSigned(plain, form({ Body: 'Hi' }), { urls: ['https://api.example.com:443/dev/whatsapp'] }),
    ).toBe(true);
  });

  it('looks at a large form under a few addresses only: anybody may post one', () => {
    const urls = Array.from({ length: 24 }, (_, at) => `${URL_OF_WEBHOOK}?order=${at}`);
    const isTaken = (Body: string, at: number) =>
      isSigned(sign(`${urls[at]}Body${Body}`), form({ Body }), { urls });
    const [longest, tooLong] = ['語'.repeat(65_536), 'x'.repeat(1_000_000)];
    expect([isTaken(longest, 0), isTaken(longest, 23)]).toEqual([true, true]);
    expect([isTaken(tooLong, 0), isTaken(tooLong, 23)]).toEqual([true, false]);
  });

  it('is not led astray by names that objects have of themselves, nor by an address that is none', () => {
    const fields = form({ __proto__x: '1', constructor: '2', ['__proto__']: '3' });
    const names = fields.map(([name, value]) => name + value).sort();
    expect(isSigned(sign(URL_OF_WEBHOOK + names.join('')), fields)).toBe(true);
    expect(isSigned('YBovwRRG1hL/S5j4U8xuqfLMNkk=', form(F), { urls: ['https://'] })).toBe(false);
  });
});

describe('parseForm', () => {
  const parse = (text: string) => parseForm(Buffer.from(text));

  it('keeps the order, blanks and repetitions', () => {
    expect(parse('b=&a=1&b=2&c&a=1&=x')).toEqual([
      ['b', ''],
      ['a', '1'],
      ['b', '2'],
      ['c', ''],
      ['a', '1'],
      ['', 'x'],
    ]);
    expect(parse('')).toEqual([]);
  });

  it('reads escapes, plus signs, equals signs in values and bare UTF-8', () => {
    expect(parse('t=a+b%2Bc%3D=d&n=Zo%C3%AB&m=Zoë&e=%F0%9F%98%80')).toEqual([
      ['t', 'a b+c==d'],
      ['n', 'Zoë'],
      ['m', 'Zoë'],
      ['e', '😀'],
    ]);
  });

  it.each([['a=%ZZ'], ['a=%'], ['a=%C3'], ['%E0%A4=1']])('refuses %s', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(parseForm(Buffer.from([0x61, 0x3d, 0xff]))).toBeUndefined();
  });

  it('gives the first value of a name', () => {
    const fields = parse('a=1&a=2&b=')!;
    expect([fieldOf(fields, 'a'), fieldOf(fields, 'b'), fieldOf(fields, 'c')]).toEqual(['1', '', undefined]);
  });
});

it('takes one file of the package into a bundle, and it needs no other', async () => {
  const entry = 'runtime/channels/twilio/verify.ts';
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  });
  expect(Object.keys(metafile.inputs).sort()).toEqual([
    'node_modules/twilio/lib/webhooks/webhooks.js',
    entry,
  ]);
  expect(Object.values(metafile.outputs)[0]?.bytes).toBeLessThan(10_000);
});
