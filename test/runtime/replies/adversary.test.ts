import { describe, expect, test } from 'vitest';
import { MODEL_SECRET, SID } from './records.ts';
import { TABLES } from './tables.ts';
import { creates, expectOneReply, finishedRules, modelCalls, readyWorld, sent, sid } from './turn-world.ts';
import { formF, recordR, sweepFor, webhookWorld } from './webhook-world.ts';

/** What somebody would try who wants messages lost, answered twice, or money spent. */

describe('forms that anybody may post', () => {
  test.each([
    ['one name 50,000 times', 'a&'.repeat(50_000)],
    ['50,000 names', Array.from({ length: 50_000 }, (_, index) => `a${index}`).join('&')],
    ['2 MB', `x=${'x'.repeat(2_000_000)}`],
  ])('a form of %s is refused before its signature is looked at', async (_name, more) => {
    const world = webhookWorld();
    const form = formF();
    const began = performance.now();
    expect((await world.post({ ...form, body: `${form.body}&${more}` })).statusCode).toBe(400);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(world.tap.calls).toEqual([]);
  });

  test('the longest text that WhatsApp takes is no such form', async () => {
    const world = webhookWorld();
    expect((await world.post(formF({ text: '語'.repeat(65_536) }))).statusCode).toBe(200);
    expect(world.rows()).toHaveLength(1);
  });
});

describe('stop words', () => {
  const twice = [sid(1), sid(2)].map((messageSid) => formF({ text: 'STOP', messageSid }));

  test('replies 13: two STOPs at the same moment are confirmed once', async () => {
    const world = webhookWorld();
    await Promise.all(twice.map((form) => world.post(form)));
    expect(world.twilio.messages).toHaveLength(1);
    expect(world.record().opted_out).toBe(true);
  });

  test('replies 13: a STOP said again while the index lags is confirmed once, and counted once', async () => {
    const world = webhookWorld();
    world.dynamodb.lagIndexes(TABLES.conversations);
    for (const form of twice) {
      await world.post(form);
      await world.clock.advance(700_000);
    }
    expect(world.twilio.messages).toHaveLength(1);
  });

  test('STOP and START in turn cost one confirmation in ten minutes', async () => {
    const world = webhookWorld();
    for (let number = 1; number <= 60; number++) {
      await world.post(formF({ text: number % 2 ? 'STOP' : 'START', messageSid: sid(number) }));
      await world.clock.advance(10_000);
    }
    expect(world.twilio.messages).toHaveLength(1);
    await world.clock.advance(600_000);
    await world.post(formF({ text: 'STOP', messageSid: sid(61) }));
    expect(world.twilio.messages).toHaveLength(2);
  });

  test('what follows a START while the index lags is answered', async () => {
    const optedOut = { opted_out: true, opted_out_at: '2026-11-20T10:00:00.000Z' };
    const world = webhookWorld({ records: [recordR(optedOut)] });
    world.dynamodb.lagIndexes(TABLES.conversations);
    await world.post(formF({ text: 'START', messageSid: sid(1) }));
    await world.post(formF({ messageSid: sid(2) }));
    expect(world.rows()).toMatchObject([{ message_sid: sid(2), route: 'channel' }]);
    expect(world.triggers()).toHaveLength(1);
  });

  test('a START right after a STOP counts while the index lags', async () => {
    const world = webhookWorld();
    world.dynamodb.lagIndexes(TABLES.conversations);
    await world.post(formF({ text: 'STOP', messageSid: sid(1) }));
    await world.post(formF({ text: 'START', messageSid: sid(2) }));
    expect(world.record().opted_out).toBe(false);
    expect(world.triggers()).toEqual([]);
  });
});

describe('answers of a model', () => {
  test('half a character in the reply: an unclear send is found by its text, one reply', async () => {
    const world = await readyWorld({ reply: () => '{"content":"Hello \\ud83d there"}' });
    world.twilio.fail({ kind: 'lose-answer', method: 'create' });
    await world.run(600);
    expect([creates(world), finishedRules(world)]).toEqual([1, ['unclear_adopted']]);
    expectOneReply(world, 'Hi', 'Hello \ufffd there');
  });

  test('1 MB: the model is asked once, and a person gets the beginning as draft', async () => {
    const world = await readyWorld({ reply: () => JSON.stringify({ content: 'x'.repeat(1_000_000) }) });
    await world.run(7200, { sweeps: true });
    expect([modelCalls(world), sent(world), world.deadLetters]).toEqual([1, [], []]);
    expect(world.humanMessages).toMatchObject([{ draft_reply: 'x'.repeat(20_000) }]);
    expect(finishedRules(world)).toEqual(['permanent:MAX_REPLY_PARTS']);
  });

  test('tokens told as texts: the reply is recorded at the first try', async () => {
    const usage = { input_tokens: '10', output_tokens: '5' };
    const world = await readyWorld();
    const { fetch: real } = world.model;
    const told: typeof fetch = async (input, init) => {
      const answer = (await (await real(input, init)).json()) as object;
      return Response.json({ ...answer, usage });
    };
    Object.assign(world.model, { fetch: told });
    await world.run(60);
    expectOneReply(world);
    expect(world.logs.of('turn_failed')).toEqual([]);
    expect(world.entries()[1]).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
  });

  test('a key that no header can carry is for an operator, and the model is not asked', async () => {
    const world = await readyWorld();
    world.secrets.secrets.set(MODEL_SECRET, JSON.stringify({ ai_api_key: 'sk-\u200btest' }));
    await world.runWorker();
    expect(world.logs.of('turn_failed')).toMatchObject([{ rule: 'hold:SECRET_FETCH_FAILED' }]);
    expect(world.logs.text).not.toContain('sk-');
    expect(world.conversation().status).toBe('processing_error');
  });
});

test('more messages since an unclear send than are searched: it is not sent again', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'lose-answer', method: 'create' });
  await world.runWorker();
  const messages = world.twilio.messages as unknown as { sid: string; body: string; createdMillis: number }[];
  const [mine] = messages;
  if (!mine) throw new Error('Nothing was sent');
  for (let other = 1; other <= 520; other++)
    messages.push({ ...mine, sid: `SMother${other}`, body: 'x', createdMillis: mine.createdMillis + other });
  await world.run(600);
  expect(sent(world).filter((body) => body === 'Hello')).toHaveLength(1);
  expect(finishedRules(world)).toEqual(['unclear_held']);
});

test('a staged row whose look fails every time is looked at ever more rarely', async () => {
  const world = webhookWorld();
  const received_at = '2026-11-21T09:00:00.000Z';
  world.seed(
    {
      conversation_id: 'c',
      message_sid: SID,
      primary_channel: '',
      received_at,
      body: '',
      due_shard: 0,
      due_at: 1,
    },
    TABLES.stage,
  );
  world.tap.before = ({ name, input }) => {
    const key = input.Key as { primary_channel?: { S?: string } } | undefined;
    if (name === 'GetItem' && key?.primary_channel?.S === '')
      throw Object.assign(new Error(), { name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
  };
  await sweepFor(world, 60);
  expect(world.log.lines.filter(({ event }) => event === 'sweep_failed').length).toBeLessThanOrEqual(7);
});
