import { expect, test } from 'vitest';
import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { createTwilioStandIn } from '../../../local/stand-ins/twilio.ts';
import { jsonLog } from '../../../runtime/core/log.ts';
import { picturesOf } from '../../../runtime/replies/pictures.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { LogCapture } from '../../support/log-capture.ts';

const { accountSid, authToken } = TWILIO_TEST;
const BASE_URL = 'https://api.twilio.com';

function world() {
  const clock = new FakeClock();
  const log = new LogCapture();
  const standIn = createTwilioStandIn({ accountSid, authToken, nowMillis: () => clock.nowMillis() });
  let accounts = 0;
  const ports = {
    net: { fetch: standIn.fetch, clock, timeoutSeconds: 1 },
    account: async () => {
      accounts += 1;
      return { accountSid, authToken, baseUrl: BASE_URL };
    },
    log: jsonLog(log.write, () => clock.nowMillis()),
  };
  const sent = (contentType: string, byte: number, count = 1) => ({
    contentType,
    ref: `${BASE_URL}${standIn.hold({ bytes: new Uint8Array(count).fill(byte), mimeType: contentType })}`,
  });
  return { standIn, ports, sent, log, accounts: () => accounts };
}

test('the pictures of a turn are fetched in order, the newest five, and nothing else', async () => {
  const { standIn, ports, sent, accounts } = world();
  const pictures = [1, 2, 3, 4, 5, 6].map((byte) => sent('image/jpeg', byte));
  const media = [sent('audio/ogg', 9), ...pictures, sent('application/pdf', 9)];
  expect(await picturesOf(media, ports)).toEqual(
    [2, 3, 4, 5, 6].map((byte) => ({
      contentType: 'image/jpeg',
      base64: Buffer.from([byte]).toString('base64'),
    })),
  );
  expect(standIn.calls.filter(({ method }) => method === 'download')).toHaveLength(5);
  expect(accounts()).toBe(1);
});

test('without a picture nobody is asked', async () => {
  const { standIn, ports, sent, accounts } = world();
  expect(await picturesOf([sent('audio/ogg', 9)], ports)).toEqual([]);
  expect(await picturesOf([], ports)).toEqual([]);
  expect(standIn.calls).toEqual([]);
  expect(accounts()).toBe(0);
});

test('one that cannot be fetched, or is too large for a model, is left out with a warning', async () => {
  const { ports, sent, log } = world();
  const media = [
    { contentType: 'image/png', ref: 'https://example.com/x' },
    sent('image/png', 7, 3_750_001),
    sent('image/png', 1),
  ];
  expect(await picturesOf(media, ports)).toEqual([{ contentType: 'image/png', base64: 'AQ==' }]);
  expect(log.of('picture_not_shown')).toMatchObject([{ level: 'WARN' }, { level: 'WARN' }]);
  expect(log.text).not.toContain('example.com');
});
