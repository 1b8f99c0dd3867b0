import { describe, expect, test } from 'vitest';
import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { awsError } from '../../support/tap.ts';
import { CONVERSATION, SID, TWILIO_SECRET } from './records.ts';
import { TABLES } from './tables.ts';
import {
  breakCalls,
  formF,
  killAfter,
  recordR,
  sweepFor,
  TWIML,
  twilioEvent,
  type WebhookWorld,
  webhookWorld,
  writesOf,
} from './webhook-world.ts';

const OTHER_ACCOUNT = `AC${'1'.repeat(32)}`;

const lastLine = ({ log }: WebhookWorld, event = 'webhook_refused') =>
  log.lines.findLast((line) => line.event === event);

describe('who cannot prove to be Twilio', () => {
  test('replies 4: a wrong or missing signature is refused without a body, a write, or a word about the user', async () => {
    const request = formF();
    const signature = `Z${request.headers['x-twilio-signature']?.slice(1)}`;
    const { 'x-twilio-signature': _, ...unsigned } = request.headers;
    for (const headers of [{ ...request.headers, 'x-twilio-signature': signature }, unsigned]) {
      const world = webhookWorld();
      const answer = await world.post({ ...request, headers });
      expect(answer).toEqual({ statusCode: 403, headers: {}, body: '' });
      expect(writesOf(world)).toEqual([]);
      expect(world.metric('InvalidSignatureCount')).toBe(1);
      const critical = world.log.lines.filter(({ level }) => level === 'CRITICAL');
      expect(critical).toMatchObject([
        { event: 'webhook_refused', rule: 'invalid_signature', message_sid: SID },
      ]);
      expect(world.log.text).not.toMatch(/15005550006|15005550001|"Hi"|Ana/);
    }
  });

  test('replies 4: the answer to a wrong signature can be switched to 200', async () => {
    const world = webhookWorld({ variables: { INVALID_SIGNATURE_STATUS: '200' } });
    const answer = await world.post(formF({ authToken: 'another-token' }));
    expect(answer).toMatchObject({ statusCode: 200, body: TWIML });
    expect(writesOf(world)).toEqual([]);
  });

  test('replies 7: the account of another, and a company number that nobody has', async () => {
    const other = webhookWorld();
    expect((await other.post(formF({ accountSid: OTHER_ACCOUNT }))).statusCode).toBe(403);
    expect(writesOf(other)).toEqual([]);
    expect(lastLine(other)?.error_code).toBe('INVALID_SIGNATURE');

    const unknown = webhookWorld();
    expect((await unknown.post(formF({ to: '+15005550099' }))).statusCode).toBe(403);
    expect(unknown.metric('CredentialLookupNotFoundCount')).toBe(1);
    expect(writesOf(unknown)).toEqual([]);
    expect(unknown.tap.calls).not.toContain('GetSecretValue');
    const keys = unknown.tap.details.map(({ input }) => JSON.stringify(input));
    expect(keys.filter((input) => input.includes('15005550006'))).toEqual([]);
    // It is remembered as unknown for a minute.
    unknown.tap.clear();
    await unknown.post(formF({ to: '+15005550099' }));
    expect(unknown.tap.calls).toEqual([]);
  });

  test('a second token counts while tokens are exchanged', async () => {
    const world = webhookWorld();
    const secret = {
      twilio_account_sid: TWILIO_TEST.accountSid,
      twilio_auth_token: 'the-new-one',
      twilio_auth_token_secondary: TWILIO_TEST.authToken,
    };
    world.secretsManager.secrets.set(TWILIO_SECRET, JSON.stringify(secret));
    expect((await world.post(formF())).statusCode).toBe(200);
  });
});

describe('what is no message of ours', () => {
  test('replies 8: an unknown user is answered with nothing', async () => {
    const world = webhookWorld();
    const answer = await world.post(formF({ from: '+15005550042' }));
    expect(answer).toMatchObject({ statusCode: 200, body: TWIML });
    expect(writesOf(world)).toEqual([]);
    expect(world.metric('UnknownConversation')).toBe(1);
    expect(lastLine(world)).toMatchObject({ rule: 'no_conversation', message_sid: SID });
    expect(world.twilio.messages).toEqual([]);
  });

  test('an unknown user gets the fallback text, if there is one, once in 24 hours', async () => {
    const world = webhookWorld({ variables: { UNKNOWN_USER_MESSAGE: 'Nobody reads this.' } });
    const write = () => world.post(formF({ from: '+15005550042' }));
    expect((await write()).body).toBe(TWIML);
    await write();
    expect(world.twilio.messages).toMatchObject([
      {
        from: `whatsapp:${TWILIO_TEST.companyNumber}`,
        to: 'whatsapp:+15005550042',
        body: 'Nobody reads this.',
      },
    ]);
    await world.clock.advance(86_400_000);
    await write();
    expect(world.twilio.messages).toHaveLength(2);
    expect(world.rows()).toEqual([]);
  });

  test('replies 10: an inactive project, and a channel that is not allowed', async () => {
    for (const [change, rule, metric] of [
      [{ project_status: 'inactive' }, 'project_inactive', 'ProjectInactive'],
      [{ allowed_channels: ['sms'] }, 'channel_not_allowed', 'ChannelNotAllowed'],
    ] as const) {
      const world = webhookWorld({ records: [recordR(change)] });
      expect(await world.post(formF())).toMatchObject({ statusCode: 200, body: TWIML });
      expect(writesOf(world)).toEqual([]);
      expect(lastLine(world)?.rule).toBe(rule);
      expect(world.metric(metric)).toBe(1);
    }
  });

  test('replies 18: a form without a sid, and a body that is no form', async () => {
    const world = webhookWorld();
    for (const name of ['MessageSid', 'AccountSid', 'From', 'To', 'Body'])
      expect((await world.post(formF({ fields: { [name]: undefined } }))).statusCode).toBe(400);
    const broken = { ...formF(), body: 'Body=%E0%A4%A' };
    expect((await world.post(broken)).statusCode).toBe(400);
    const json = { ...formF(), headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await world.post(json)).statusCode).toBe(400);
    expect(world.tap.calls).toEqual([]);
    expect(lastLine(world)).toMatchObject({ error_code: 'PARSING_ERROR', rule: 'permanent:PARSING_ERROR' });
  });

  test('a path that nobody knows is a 404 in JSON', async () => {
    const world = webhookWorld();
    const answer = await world.post(formF({ url: 'https://api.example.com/dev/sms' }));
    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'error', error_code: 'UNKNOWN_CHANNEL' });
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 9000 };
    const get = { ...twilioEvent(formF()), httpMethod: 'GET' };
    expect((await world.handle(get, context)).statusCode).toBe(404);
    expect((await world.handle({ Records: [] }, context)).statusCode).toBe(400);
  });
});

describe('what fails on our side', () => {
  test('replies 14: a throttled stage table is a 503, and the same request later is taken', async () => {
    const world = webhookWorld();
    breakCalls(world, 'PutItem', {
      name: 'ProvisionedThroughputExceededException',
      status: 400,
      table: TABLES.stage,
    });
    expect((await world.post(formF())).statusCode).toBe(503);
    expect([world.rows(), world.locks(), world.triggers()]).toEqual([[], [], []]);
    expect(lastLine(world)).toMatchObject({
      level: 'ERROR',
      rule: 'transient:STAGE_DB_TRANSIENT_ERROR',
      error_code: 'STAGE_DB_TRANSIENT_ERROR',
    });
    world.tap.before = undefined;
    expect((await world.post(formF())).statusCode).toBe(200);
    expect([world.rows(), world.locks(), world.triggers()].map((list) => list.length)).toEqual([1, 1, 1]);
  });

  test('replies 15: a trigger that cannot be sent leaves the row and no lock', async () => {
    const world = webhookWorld();
    const failure = { name: 'ServiceUnavailable', status: 503 };
    breakCalls(world, 'SendMessage', failure);
    expect((await world.post(formF())).statusCode).toBe(503);
    expect(world.rows()).toHaveLength(1);
    expect(world.locks()).toEqual([]);
    expect(lastLine(world)?.error_code).toBe('SQS_TRANSIENT_ERROR');
    world.tap.before = undefined;
    expect((await world.post(formF())).statusCode).toBe(200);
    expect(world.rows()).toHaveLength(1);
    expect(world.triggers()).toHaveLength(1);

    const left = webhookWorld();
    breakCalls(left, 'SendMessage', failure);
    await left.post(formF());
    left.tap.before = undefined;
    await sweepFor(left, 3);
    expect(left.triggers()).toHaveLength(1);
    expect(left.metric('StageOrphansSwept')).toBe(1);
  });

  test('replies 15: a trigger that cannot be sent frees no lock of another', async () => {
    const world = webhookWorld();
    // The worker cleared the lock meanwhile, and the next message put its own.
    const theirs = { conversation_id: CONVERSATION, token: 'theirs', expires_at: 1_900_000_000 };
    world.tap.before = ({ name }) => {
      if (name !== 'SendMessage') return;
      world.seed(theirs, TABLES.triggerLock);
      throw awsError('ServiceUnavailable', 503);
    };
    expect((await world.post(formF())).statusCode).toBe(503);
    expect(world.locks()).toEqual([theirs]);
  });

  test('replies 16: a message that was staged before the process died is triggered by the sweeper', async () => {
    const world = webhookWorld();
    await killAfter(world, 'PutItem', () => world.post(formF()), { table: TABLES.stage });
    expect([world.rows().length, world.locks(), world.triggers()]).toEqual([1, [], []]);
    await sweepFor(world, 3);
    expect(world.triggers().map(({ body }) => JSON.parse(body))).toEqual([
      { conversation_id: CONVERSATION, primary_channel: TWILIO_TEST.userNumber },
    ]);
    expect(world.rows()).toMatchObject([{ message_sid: SID, swept_at: expect.any(String) }]);
  });

  test('replies 17: a secret that is not there, and a secret service that is throttled', async () => {
    const missing = webhookWorld();
    missing.secretsManager.secrets.clear();
    expect((await missing.post(formF())).statusCode).toBe(503);
    expect(writesOf(missing)).toEqual([]);
    expect(missing.metric('SecretFetchFailedCount')).toBe(1);
    expect(lastLine(missing)).toMatchObject({ level: 'CRITICAL', rule: 'hold:SECRET_FETCH_FAILED' });

    const throttled = webhookWorld();
    breakCalls(throttled, 'GetSecretValue', { name: 'ThrottlingException', status: 400 });
    expect((await throttled.post(formF())).statusCode).toBe(503);
    expect(writesOf(throttled)).toEqual([]);
    expect(throttled.metric('SecretFetchFailedCount')).toBe(0);
    expect(lastLine(throttled)?.error_code).toBe('SECRET_FETCH_TRANSIENT_ERROR');
  });

  test('a record without credentials, refused calls and bugs are a 503 and CRITICAL', async () => {
    const bare = webhookWorld({ records: [recordR({ channel_config: {} })] });
    expect((await bare.post(formF())).statusCode).toBe(503);
    expect(lastLine(bare)).toMatchObject({ level: 'CRITICAL', rule: 'hold:MISSING_CREDENTIAL_CONFIG' });

    const cases = [
      ['Query', TABLES.conversations, 'AccessDeniedException', 'hold:DB_CONFIG_ERROR'],
      ['PutItem', TABLES.stage, 'ValidationException', 'permanent:DB_VALIDATION_ERROR'],
      ['PutItem', TABLES.stage, 'ItemCollectionSizeLimitExceededException', 'permanent:STAGE_WRITE_ERROR'],
      [
        'PutItem',
        TABLES.triggerLock,
        'ItemCollectionSizeLimitExceededException',
        'permanent:TRIGGER_LOCK_WRITE_ERROR',
      ],
      ['SendMessage', undefined, 'QueueDoesNotExist', 'hold:SQS_CONFIG_ERROR'],
      ['SendMessage', undefined, 'InvalidMessageContents', 'permanent:SQS_PARAMETER_ERROR'],
    ] as const;
    for (const [operation, table, name, rule] of cases) {
      const world = webhookWorld();
      breakCalls(world, operation, { name, status: 400, ...(table && { table }) });
      expect((await world.post(formF())).statusCode).toBe(503);
      expect(lastLine(world)).toMatchObject({ level: 'CRITICAL', rule });
    }

    const bug = webhookWorld();
    bug.tap.after = ({ name }, output) => {
      if (name === 'Query') Object.defineProperty(output, 'Items', { get: () => JSON.parse('a user text') });
    };
    expect((await bug.post(formF())).statusCode).toBe(503);
    expect(lastLine(bug)).toMatchObject({ level: 'CRITICAL', error_code: 'INTERNAL_ERROR' });
    expect(bug.log.text).not.toContain('user text');
  });
});
