import { describe, expect, it } from 'vitest';
import { criticalLine } from '../../../local/console/replies/critical-log.ts';
import { FAULT_VIEWS, FaultBoard } from '../../../local/console/replies/faults.ts';
import { readHandOff } from '../../../local/console/replies/human-queue.ts';
import { received } from '../../../local/console/replies/phones.ts';
import { recordView } from '../../../local/console/replies/record-view.ts';
import { newRecord } from '../../../local/replies/new-record.ts';
import { COMPANY_NUMBER, maskedText, PEOPLE } from '../../../local/replies/people.ts';
import { newRepliesSecrets } from '../../../local/replies/secrets.ts';
import { createRepliesStandIns } from '../../../local/replies/stand-ins.ts';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { readConversation } from '../../../runtime/replies/record.ts';

const ADA = PEOPLE[0]!;
const secrets = newRepliesSecrets();

function board() {
  const standIns = createRepliesStandIns(secrets);
  const credentials = Buffer.from(`${secrets.accountSid}:${secrets.authToken}`).toString('base64');
  const create = async () => {
    const url = `http://stand-in/2010-04-01/Accounts/${secrets.accountSid}/Messages.json`;
    const body = new URLSearchParams({
      From: `whatsapp:${COMPANY_NUMBER}`,
      To: `whatsapp:${ADA.number}`,
      Body: 'Hi',
    });
    const headers = { authorization: `Basic ${credentials}` };
    return (await standIns.twilio.fetch(url, { method: 'POST', headers, body })).status;
  };
  const ask = async () => {
    const headers = { authorization: `Bearer ${secrets.modelKey}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'm', input: 'Hi' });
    const answer = await standIns.model.fetch('http://stand-in/v1/responses', {
      method: 'POST',
      headers,
      body,
    });
    return { status: answer.status, text: await answer.text() };
  };
  return { faults: new FaultBoard(standIns), create, ask };
}

describe('the faults of the menu', () => {
  it('is played once and is gone, as the page sees it too', async () => {
    const { faults, create } = board();
    expect(faults.play('twilio-invalid')).toBe(true);
    expect(faults.active()).toEqual(['twilio-invalid']);
    expect(await create()).toBe(400);
    expect(faults.active()).toEqual([]);
    expect(await create()).toBe(201);
  });

  it('stays until it is repaired where it says so', async () => {
    const { faults, create, ask } = board();
    faults.play('twilio-token');
    faults.play('model-quota');
    for (const _ of [1, 2]) expect([await create(), (await ask()).status]).toEqual([401, 429]);
    expect(faults.active().toSorted()).toEqual(['model-quota', 'twilio-token']);
    faults.repair('twilio');
    expect([await create(), (await ask()).status]).toEqual([201, 429]);
    expect(faults.active()).toEqual(['model-quota']);
    faults.repair('model');
    expect((await ask()).status).toBe(200);
  });

  it('takes the place of the one before, whatever the model was told to say', async () => {
    const { faults, ask } = board();
    faults.play('model-refusal');
    faults.play('model-throttle');
    expect(faults.active()).toEqual(['model-throttle']);
    expect((await ask()).status).toBe(429);
    expect((await ask()).text).toContain('You said: Hi');
    faults.play('model-refusal');
    expect((await ask()).text).toContain('"type":"refusal"');
    expect(faults.active()).toEqual([]);
  });

  it('has one for every name, and none for another', () => {
    for (const { id } of FAULT_VIEWS) expect(board().faults.play(id), id).toBe(true);
    expect(board().faults.play('other')).toBe(false);
  });
});

describe('the record as it is shown', () => {
  const record = newRecord(ADA, 1_800_000_000_000);
  const view = (more: object) =>
    recordView(readConversation(storedItem({ ...record, ...more })), 1_800_000_010, maskedText);

  it('has no whole number unless it is asked for', () => {
    const shown = JSON.stringify(view({ messages: [{ role: 'user', content: `Call ${ADA.number}` }] }));
    expect(shown).not.toContain(ADA.number.slice(1));
    expect(shown).not.toContain(COMPANY_NUMBER.slice(1));
    const conversation = readConversation(storedItem(record));
    const whole = recordView(conversation, undefined, (text) => text);
    expect(whole.conversationId).toContain(ADA.number.slice(1));
  });

  it('tells lease, pending turn, lock and hand-off', () => {
    const pending = { text: 'Hello', sid: 'SM1', send_started_at: '2026-11-26T10:00:00.000Z' };
    expect(
      view({
        conversation_status: 'processing_reply',
        lock_owner: 'owner-of-the-lease',
        lock_expires_at: 1_800_000_004,
        lock_fence: 3,
        turn_attempts: 1,
        hand_off_to_human: true,
        hand_off_to_human_reason: 'asked',
        pending_turn: {
          turn_id: 't1',
          state: 'sending',
          message_sids: ['SM0'],
          parts: [pending, { text: 'x' }],
        },
      }),
    ).toMatchObject({
      status: 'processing_reply',
      isHandedOff: true,
      handOffReason: 'asked',
      turnAttempts: 1,
      lockUntilMillis: 1_800_000_010_000,
      lease: { owner: 'owner-of', fence: 3, expiresAtMillis: 1_800_000_004_000 },
      pendingTurn: {
        turnId: 't1',
        state: 'sending',
        parts: [
          { text: 'Hello', sid: 'SM1', begun: true },
          { text: 'x', begun: false },
        ],
      },
    });
  });

  it('tells of each entry what became of it, archived ones counted', () => {
    const reply = {
      role: 'assistant',
      message_id: 'SM2',
      timestamp: '2026-11-26T10:00:01.000Z',
      content: 'Hello',
      total_tokens: 15,
      delivery_status: 'undelivered',
      error_code: 63024,
    };
    const { entries, archivedCount } = view({ archived_count: 7, messages: [reply] });
    expect(archivedCount).toBe(7);
    expect(entries).toEqual([
      {
        key: '7 SM2',
        role: 'assistant',
        at: '2026-11-26T10:00:01.000Z',
        text: 'Hello',
        deliveryStatus: 'undelivered',
        errorCode: '63024',
        tokens: 15,
      },
    ]);
  });
});

describe('messages that are read', () => {
  it('of the human queue, in any shape', () => {
    const body = JSON.stringify({
      conversation_id: 'c#1',
      primary_channel: ADA.number,
      sender_id: ADA.number,
      received_at: '2026-11-26T10:00:00.000Z',
      handoff_reason: 'asked',
      body: 'Help',
      draft_reply: 'Yes',
    });
    expect(readHandOff('m1', body, 'r1')).toMatchObject({
      id: 'm1',
      sender: ADA.number,
      reason: 'asked',
      text: 'Help',
      draft: 'Yes',
      receiptHandle: 'r1',
    });
    expect(readHandOff('m2', 'no JSON')).toMatchObject({ id: 'm2', text: '', draft: undefined });
  });

  it('of a log: the CRITICAL lines alone', () => {
    const line = {
      level: 'CRITICAL',
      timestamp: 't',
      event: 'operator_needed',
      rule: 'hold:X',
      error_code: 'X',
      error: 'Mend it',
    };
    expect(criticalLine(JSON.stringify(line), '/aws/lambda/worker', 's 1')).toMatchObject({
      functionName: 'worker',
      event: 'operator_needed',
      detail: 'hold:X · Mend it',
    });
    const others = [JSON.stringify({ ...line, level: 'INFO' }), 'START CRITICAL', '{"level":"CRITICAL"', ''];
    for (const text of others) expect(criticalLine(text, 'g', 's')).toBeUndefined();
  });

  it('on the phone, with what Twilio says of them', () => {
    const message = {
      sid: 'SM1',
      from: `whatsapp:${COMPANY_NUMBER}`,
      to: `whatsapp:${ADA.number}`,
      body: 'Hello',
      statusCallback: undefined,
      createdMillis: 1,
      status: 'undelivered',
      sentMillis: undefined,
      errorCode: 63024,
    };
    expect(received(message)).toMatchObject({
      side: 'theirs',
      status: 'undelivered, error 63024',
      tone: 'bad',
    });
    expect(received({ ...message, status: 'read', errorCode: undefined })).toMatchObject({
      status: 'read',
      tone: 'good',
    });
  });
});
