import { describe, expect, it } from 'vitest';
import { parseForm } from '../../../../runtime/channels/twilio/form.ts';
import { readInbound, type TwilioInbound } from '../../../../runtime/channels/twilio/inbound.ts';

const BASE = {
  MessageSid: 'SM1',
  AccountSid: 'AC1',
  From: 'whatsapp:+15005550006',
  To: 'whatsapp:+15005550001',
};
const read = (fields: Record<string, string>) =>
  readInbound(parseForm(Buffer.from(new URLSearchParams(fields).toString()))!);
const inbound = (fields: Record<string, string>): TwilioInbound => {
  const result = read({ ...BASE, ...fields });
  if (!('inbound' in result)) throw new Error(`missing ${result.missing}`);
  return result.inbound;
};

describe('readInbound', () => {
  it('reads a text', () => {
    expect(
      read({ ...BASE, Body: 'Hi', NumMedia: '0', ProfileName: 'Ana', WaId: '15005550006', New: 'x' }),
    ).toEqual({
      inbound: {
        messageSid: 'SM1',
        accountSid: 'AC1',
        from: 'whatsapp:+15005550006',
        to: 'whatsapp:+15005550001',
        body: 'Hi',
        media: [],
        profileName: 'Ana',
        waId: '15005550006',
      },
    });
  });

  it('reads media, also beside a blank body, and no more than a message can hold', () => {
    const media = { NumMedia: '1', MediaUrl0: 'https://api.twilio.com/m', MediaContentType0: 'image/jpeg' };
    expect(inbound({ Body: '', ...media })).toMatchObject({
      body: '',
      media: [{ contentType: 'image/jpeg', url: 'https://api.twilio.com/m' }],
    });
    expect(inbound({ NumMedia: '1' }).media).toEqual([{ contentType: 'application/octet-stream', url: '' }]);
    expect(inbound({ NumMedia: '1000000000' }).media).toHaveLength(10);
  });

  it('reads a place, a button, an answer, a hidden number and an opt-out', () => {
    const place = inbound({ Latitude: '59.3', Longitude: '18.1', Label: 'Office', Address: 'Main Street 1' });
    expect(place.location).toEqual({
      latitude: '59.3',
      longitude: '18.1',
      label: 'Office',
      address: 'Main Street 1',
    });
    const button = inbound({
      ButtonText: 'Yes',
      ButtonPayload: 'y',
      OriginalRepliedMessageSid: 'SM0',
      ExternalUserId: 'US.abc1',
      OptOutType: 'STOP',
    });
    expect(button).toMatchObject({
      button: { text: 'Yes', payload: 'y' },
      repliedToSid: 'SM0',
      externalUserId: 'US.abc1',
      optOutType: 'STOP',
    });
    expect(inbound({ From: 'whatsapp:US.abc1', Body: 'Hi' }).from).toBe('whatsapp:US.abc1');
  });

  it.each([
    ['MessageSid', ['MessageSid']],
    ['AccountSid', ['AccountSid']],
    ['From', ['From']],
    ['To', ['To']],
    ['Body', ['Body']],
  ])('names what is missing: %s', (name, missing) => {
    const fields: Record<string, string> = { ...BASE, Body: 'Hi' };
    delete fields[name];
    expect(read(fields)).toEqual({ missing });
    expect(read({ ...fields, [name]: '' })).toEqual({ missing });
  });

  it('needs something said', () => {
    expect(read({ ...BASE, NumMedia: '0', Latitude: '1' })).toEqual({ missing: ['Body'] });
    expect(read({ ...BASE, NumMedia: 'many' })).toEqual({ missing: ['Body'] });
    expect(read({ ...BASE, NumMedia: '-1' })).toEqual({ missing: ['Body'] });
    expect(read({})).toEqual({ missing: ['MessageSid', 'AccountSid', 'From', 'To', 'Body'] });
  });
});
