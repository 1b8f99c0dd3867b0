import { describe, expect, it } from 'vitest';
import { parseForm } from '../../../../runtime/channels/twilio/form.ts';
import {
  isFailedStatus,
  readPartMark,
  readStatusCallback,
  statusCallbackUrl,
  statusesBelow,
  supersedes,
} from '../../../../runtime/channels/twilio/status.ts';

const V3 = {
  AccountSid: 'AC1',
  ErrorCode: '63016',
  From: 'whatsapp:+15005550001',
  MessageSid: 'SM9',
  MessageStatus: 'failed',
  To: 'whatsapp:+15005550006',
};
const read = (fields: Record<string, string>) =>
  readStatusCallback(parseForm(Buffer.from(new URLSearchParams(fields).toString()))!);

describe('readStatusCallback', () => {
  it('reads the form', () => {
    expect(read(V3)).toEqual({
      messageSid: 'SM9',
      accountSid: 'AC1',
      status: 'failed',
      errorCode: 63016,
      from: 'whatsapp:+15005550001',
      to: 'whatsapp:+15005550006',
    });
  });

  it.each(['', '0', 'x'])('has no error code when it is %j', (ErrorCode) => {
    expect(read({ ...V3, ErrorCode, MessageStatus: 'READ' })).not.toHaveProperty('errorCode');
    expect(read({ ...V3, MessageStatus: 'READ' })?.status).toBe('read');
  });

  it.each(['AccountSid', 'From', 'MessageSid', 'MessageStatus', 'To'])('is none without %s', (name) => {
    expect(read({ ...V3, [name]: '' })).toBeUndefined();
  });
});

describe('the ranks', () => {
  const order = ['queued', 'sending', 'sent', 'delivered', 'read'];

  it('only rise', () => {
    for (const [at, status] of order.entries())
      for (const [knownAt, known] of order.entries())
        expect([status, known, supersedes(status, known)]).toEqual([status, known, at > knownAt]);
  });

  it.each(['failed', 'undelivered'])('end with %s, which undoes nothing that arrived', (failure) => {
    expect(order.map((known) => supersedes(failure, known))).toEqual([true, true, true, false, false]);
    expect(order.map((status) => supersedes(status, failure))).toEqual(order.map(() => false));
    expect(supersedes(failure, failure)).toBe(false);
    // Of a reply in several messages another one may have arrived.
    expect(order.map((known) => supersedes(failure, known, true))).not.toContain(false);
    expect(supersedes(failure, failure, true)).toBe(false);
    expect(isFailedStatus(failure)).toBe(true);
  });

  it('take the first one that comes, and nothing unknown', () => {
    expect([...order, 'failed'].map((status) => supersedes(status, undefined))).not.toContain(false);
    expect(supersedes('dancing', undefined)).toBe(false);
    expect(supersedes('dancing', 'queued')).toBe(false);
    expect(supersedes('sent', 'dancing')).toBe(false);
    expect(isFailedStatus('sent')).toBe(false);
  });

  it('are given as a list for a condition', () => {
    expect(statusesBelow('sent')).toEqual(['accepted', 'scheduled', 'queued', 'sending']);
    expect(statusesBelow('failed')).toEqual(['accepted', 'scheduled', 'queued', 'sending', 'sent']);
    expect(statusesBelow('dancing')).toEqual([]);
  });
});

describe('the callback address', () => {
  it('carries turn and part, and they are read back', () => {
    const url = statusCallbackUrl('https://api.example.com/dev/whatsapp/status', { turnId: 't1', part: 1 });
    expect(url).toBe('https://api.example.com/dev/whatsapp/status?turn=t1&part=1');
    expect(readPartMark(Object.fromEntries(new URL(url).searchParams))).toEqual({ turnId: 't1', part: 1 });
    expect(statusCallbackUrl('https://a.example/s?x=1', { turnId: 't', part: 2 })).toBe(
      'https://a.example/s?x=1&turn=t&part=2',
    );
  });

  it.each([{}, { turn: 't' }, { turn: 't', part: '0' }, { turn: 't', part: 'x' }, { part: '1' }])(
    'names no part: %j',
    (query) => {
      expect(readPartMark(query)).toBeUndefined();
    },
  );
});
