import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { until } from './support/harness.ts';
import { HEARTBEAT_INTERVAL_MILLIS } from './support/replies.ts';
import {
  asked,
  conversation,
  deliver,
  entries,
  humanMessages,
  linesOf,
  locks,
  message,
  quiet,
  report,
  seed,
  sentTo,
  stage,
  staged,
  tell,
  trigger,
  untilClean,
  untilStatus,
} from './support/replies-harness.ts';
import { HI, PERSON_PLEASE, slowly } from './support/replies-routes.ts';

const unique = (text: string) => `${text} ${randomUUID()}`;

// Most of it is waiting for queues and for the model.
describe.concurrent('the reply engine', () => {
  it('replies 20 21: a record and staged rows put there by hand, a trigger sent: the mandatory test', async () => {
    const talk = await seed();
    const before = await conversation(talk);
    await stage(talk, { message_sid: 'SMxxx_test_stage1', body: HI });
    await trigger(talk);
    const after = await untilStatus(talk, 'reply_sent');
    await untilClean(talk);

    const [reply, ...more] = await sentTo(talk);
    expect(more).toEqual([]);
    expect(reply?.body).toMatchObject({ To: `whatsapp:${talk.user}`, Body: 'Hello' });
    expect(await entries(talk)).toEqual([
      expect.objectContaining({ role: 'user', content: HI, message_id: 'SMxxx_test_stage1' }),
      expect.objectContaining({
        role: 'assistant',
        content: 'Hello',
        message_id: reply?.messageId,
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
      }),
    ]);
    expect(after.updatedAt).not.toBe(before.updatedAt);
    expect(after.data).not.toHaveProperty('pending_turn');
    expect(after.data).not.toHaveProperty('lock_owner');
    expect(after.data).not.toHaveProperty('turn_attempts');
    const beat = async () => (await linesOf(talk)).some(({ event }) => event === 'heartbeat');
    await until('the heartbeat in the log', beat, 60);
  });

  it('replies 1 2 20 48: from signed webhooks to one reply, its callbacks and delivery_status', async () => {
    const talk = await seed();
    const [first, second] = [unique('one'), unique('two')];
    const sids = [await tell(talk, first), await tell(talk, second)];
    await untilStatus(talk, 'reply_sent');
    await untilClean(talk);
    const [reply, ...more] = await sentTo(talk);
    expect(more).toEqual([]);
    expect(reply?.text).toBe(`You said: ${first}\n${second}`);
    const [user, assistant] = await entries(talk);
    expect(user).toMatchObject({ role: 'user', message_sids: sids });

    const sid = reply?.messageId ?? '';
    expect(reply?.body.StatusCallback).toMatch(/\/whatsapp\/status\?/);
    expect(await report(sid, 'delivered')).toBe(204);
    // Late, and of a lower rank.
    expect(await report(sid, 'sent')).toBe(204);
    expect((await entries(talk))[1]).toEqual({ ...assistant, delivery_status: 'delivered' });
  });

  it('replies 48: a reply that was not delivered goes to a person, once', async () => {
    const talk = await seed();
    await tell(talk, unique('too late'));
    await untilStatus(talk, 'reply_sent');
    const [reply] = await sentTo(talk);
    for (let time = 0; time < 2; time++)
      expect(await report(reply?.messageId ?? '', 'failed', 63016)).toBe(204);
    expect((await entries(talk))[1]).toMatchObject({ delivery_status: 'failed', error_code: '63016' });
    expect(await humanMessages(talk)).toEqual([
      expect.objectContaining({ message_sids: [reply?.messageId], draft_reply: reply?.text }),
    ]);
    expect((await conversation(talk)).status).toBe('window_closed');
  });

  it('replies 3 4: a repeated webhook changes nothing, a forged one is refused', async () => {
    const talk = await seed();
    const webhook = message(talk, unique('once'));
    for (let delivery = 0; delivery < 2; delivery++) expect((await deliver(webhook)).status).toBe(200);
    await untilStatus(talk, 'reply_sent');
    await untilClean(talk);
    expect((await deliver(webhook)).status).toBe(200);
    const genuine = message(talk, unique('forged'));
    const headers = { ...genuine.headers, 'x-twilio-signature': webhook.headers['x-twilio-signature'] ?? '' };
    const refused = await deliver({ ...genuine, headers });
    expect([refused.status, await refused.text()]).toEqual([403, '']);
    await quiet(3);
    expect(await sentTo(talk)).toHaveLength(1);
    expect(await entries(talk)).toHaveLength(2);
    expect([await staged(talk), await locks(talk)]).toEqual([[], []]);
  });

  it('replies 57: heartbeats hide a trigger for as long as a slow model takes', async () => {
    const talk = await seed();
    const seconds = 14;
    const text = unique(slowly(seconds));
    await tell(talk, text);
    await untilStatus(talk, 'reply_sent');
    await untilClean(talk);
    // The first beat hides the trigger for two intervals; without the others it would come back in the meantime.
    expect(seconds * 1000).toBeGreaterThan(3 * (2 * HEARTBEAT_INTERVAL_MILLIS));
    expect(await asked(text)).toHaveLength(1);
    expect(await sentTo(talk)).toHaveLength(1);
    const lines = await until('the log', async () => {
      const found = await linesOf(talk);
      return found.some(({ event }) => event === 'turn_finished') && found;
    });
    const count = (name: string) => lines.filter(({ event }) => event === name).length;
    expect(count('heartbeat')).toBeGreaterThanOrEqual(5);
    expect([count('trigger_deferred'), count('heartbeat_failed')]).toEqual([0, 0]);
  });

  it('replies 11 27 61: what is said while a turn runs is answered in a turn of its own', async () => {
    const talk = await seed();
    const [first, second] = [unique(slowly(8)), unique('meanwhile')];
    await tell(talk, first);
    await until('the first turn', async () => (await conversation(talk)).pendingTurn !== undefined, 60);
    await tell(talk, second);
    const replies = await until(
      'both replies',
      async () => {
        const sent = await sentTo(talk);
        return sent.length === 2 && sent;
      },
      90,
    );
    expect(replies.map(({ text }) => text)).toEqual([`You said: ${first}`, `You said: ${second}`]);
    await untilClean(talk);
    expect((await entries(talk)).map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  it('replies 12: what is for a person goes to the human queue, and the model is not asked', async () => {
    const talk = await seed({ auto_queue_reply_message: true, ttl: 1_900_000_000, request_count: 3 });
    const text = unique('for a person');
    const sid = await tell(talk, text);
    const people = await humanMessages(talk);
    expect(people).toEqual([
      expect.objectContaining({ message_sids: [sid], body: text, primary_channel: talk.user, v: 1 }),
    ]);
    expect(await entries(talk)).toEqual([expect.objectContaining({ role: 'user', content: text })]);
    expect([await staged(talk), await locks(talk), await sentTo(talk)]).toEqual([[], [], []]);
    expect(await asked(text)).toEqual([]);
  });

  it('replies 37: a model that hands over: a draft for the person, nothing for the user', async () => {
    const talk = await seed();
    const text = unique(PERSON_PLEASE);
    await tell(talk, text);
    const after = await untilStatus(talk, 'handoff_required');
    expect(after.isHandedOff).toBe(true);
    expect(await humanMessages(talk)).toEqual([
      expect.objectContaining({ body: text, draft_reply: `You said: ${text}` }),
    ]);
    expect(await sentTo(talk)).toEqual([]);
    await untilClean(talk);
  });

  it('replies 16: what a crash left staged the sweeper triggers, by its schedule', async () => {
    const talk = await seed();
    const text = unique('left behind');
    const due_at = Math.floor(Date.now() / 1000) - 1;
    await stage(talk, {
      message_sid: `SM${randomUUID().replaceAll('-', '')}`,
      body: text,
      due_shard: 0,
      due_at,
    });
    await untilStatus(talk, 'reply_sent', 180);
    expect((await sentTo(talk)).map((sent) => sent.text)).toEqual([`You said: ${text}`]);
    await untilClean(talk);
  });
});
