import { expect, test } from 'vitest';
import { secretsManager } from '../../../runtime/replies/secrets.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeSecrets } from '../../support/fake-secrets.ts';
import { awsError } from '../../support/tap.ts';

const setUp = (values: Record<string, string | Uint8Array> = {}) => {
  const clock = new FakeClock();
  const fake = new FakeSecrets();
  for (const [name, value] of Object.entries(values)) fake.secrets.set(name, value);
  return { clock, fake, secrets: secretsManager(fake, clock) };
};
const TWILIO = JSON.stringify({ twilio_account_sid: 'AC1', twilio_auth_token: 'token' });
const ARN = 'arn:aws:secretsmanager:eu-north-1:000000000000:secret:twilio-AbCdEf';

test('both kinds are read by name or ARN, with what may stand beside', async () => {
  const { secrets } = setUp({
    twilio: JSON.stringify({
      twilio_account_sid: 'AC1',
      twilio_auth_token: ' token ',
      twilio_auth_token_secondary: 'old',
      twilio_api_key_sid: 'SK1',
      twilio_api_key_secret: 's',
    }),
    model: JSON.stringify({ ai_api_key: 'sk', region: 'eu' }),
  });
  const twilio = {
    accountSid: 'AC1',
    authToken: 'token',
    secondaryAuthToken: 'old',
    apiKey: { sid: 'SK1', secret: 's' },
  };
  expect(await secrets.twilio('twilio')).toEqual(twilio);
  expect(await secrets.twilio(ARN)).toEqual(twilio);
  expect(await secrets.model('model')).toEqual({ apiKey: 'sk', values: { ai_api_key: 'sk', region: 'eu' } });
});

test('a secret is kept for 300 s, unless it is to be forgotten', async () => {
  const { secrets, fake, clock } = setUp({ twilio: TWILIO });
  const reads = () => fake.tap.calls.length;
  await secrets.twilio('twilio');
  clock.jump(299_000);
  await secrets.twilio('twilio');
  expect(reads()).toBe(1);
  secrets.forget('twilio');
  await secrets.twilio('twilio');
  expect(reads()).toBe(2);
  clock.jump(300_000);
  await secrets.twilio('twilio');
  expect(reads()).toBe(3);
});

test.each([
  ['text', 'not a JSON object'],
  ['[1]', 'not a JSON object'],
  [new Uint8Array([1]), 'binary'],
  ['{"twilio_account_sid":"AC1","secret-word":1}', 'twilio_account_sid and twilio_auth_token'],
  ['{"twilio_account_sid":"AC1","twilio_auth_token":" "}', 'twilio_account_sid and twilio_auth_token'],
])('replies 17: %s is for an operator, and asked for again', async (value, words) => {
  const { secrets, fake } = setUp({ twilio: value });
  const failed = { code: 'SECRET_FETCH_FAILED', errorClass: 'hold', message: expect.stringContaining(words) };
  await expect(secrets.twilio('twilio')).rejects.toMatchObject(failed);
  await expect(secrets.twilio('twilio')).rejects.not.toThrow('secret-word');
  fake.secrets.set('twilio', TWILIO);
  expect(await secrets.twilio('twilio')).toMatchObject({ accountSid: 'AC1' });
});

test('replies 32: a model secret without ai_api_key is for an operator', async () => {
  const { secrets } = setUp({ model: '{"key":"sk"}' });
  await expect(secrets.model('model')).rejects.toMatchObject({
    code: 'SECRET_FETCH_FAILED',
    errorClass: 'hold',
  });
});

test.each([
  ['ResourceNotFoundException', 400, 'SECRET_FETCH_FAILED', 'hold'],
  ['AccessDeniedException', 400, 'SECRET_FETCH_FAILED', 'hold'],
  ['DecryptionFailure', 400, 'SECRET_FETCH_FAILED', 'hold'],
  ['InvalidParameterException', 400, 'SECRET_FETCH_FAILED', 'hold'],
  ['InvalidRequestException', 400, 'SECRET_FETCH_FAILED', 'hold'],
  ['InternalServiceError', 500, 'SECRET_FETCH_TRANSIENT_ERROR', 'transient'],
  ['ThrottlingException', 400, 'SECRET_FETCH_TRANSIENT_ERROR', 'transient'],
])('replies 17: %s (%i) is %s', async (name, status, code, errorClass) => {
  const { secrets, fake } = setUp({ twilio: TWILIO });
  fake.tap.before = () => {
    throw awsError(name, status, 'a message that may name things');
  };
  await expect(secrets.twilio('twilio')).rejects.toMatchObject({ code, errorClass });
  await expect(secrets.twilio('twilio')).rejects.not.toThrow('may name things');
});
