import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { TraceAnswer } from '../../../runtime/replies/trace/model.ts';
import { PROMPT } from '../../runtime/replies/records.ts';
import { commandOf } from './command.ts';
import { until, world } from './harness.ts';
import { LATE_SECRET, MAX_RECEIVE_COUNT, putSecret } from './replies.ts';
import {
  conversation,
  entries,
  linesOf,
  seed,
  sentTo,
  staged,
  tell,
  untilClean,
  untilStatus,
} from './replies-harness.ts';

/** Two receives, 30 s and 60 s apart, each give or take a fifth; then the queue gives up. */
const DEAD_SECONDS = 150;

const hookline = (...args: readonly string[]) => commandOf('replies', ...args);

async function ok(...args: readonly string[]): Promise<string> {
  const { exitCode, out, error } = await hookline(...args);
  if (exitCode !== 0) throw new Error(`hookline replies ${args.join(' ')}: ${error}${out}`);
  return out;
}

/** The rule that decided about a message, as `trace` tells it. */
async function rule(sid: string): Promise<string | undefined> {
  const { found } = JSON.parse(await ok('trace', sid, '--json')) as TraceAnswer;
  return found?.messages[0]?.verdict.rule;
}

/** A missing secret is held, doctor and trace find the dead trigger, and a redrive after the fix answers. */
export async function heldAndRedriven(): Promise<void> {
  const secret = `${LATE_SECRET}${randomUUID()}`;
  const ai_config = { api_key_reference: secret, assistant_id_replies: PROMPT };
  const talk = await seed({ ai_config });
  const sid = await tell(talk, 'held');
  const held = await untilStatus(talk, 'processing_error');
  expect(held.data.failure_reason).toContain('SECRET_FETCH_FAILED');

  const dead = async () => {
    const listed = await ok('redrive', '--dry-run', '--only', talk.id, '--json');
    return (JSON.parse(listed) as { outcome: string }[]).some(({ outcome }) => outcome === 'would-redrive');
  };
  await until('the dead trigger', dead, DEAD_SECONDS);
  expect((await conversation(talk)).turnAttempts).toBe(MAX_RECEIVE_COUNT);
  expect([await staged(talk), await sentTo(talk)]).toEqual([[expect.anything()], []]);
  const lines = await linesOf(talk);
  expect(lines.filter(({ level }) => level === 'CRITICAL').length).toBeGreaterThan(0);
  const examined = await hookline('doctor');
  expect(examined.exitCode).toBe(1);
  expect(examined.out).toMatch(/dead letters.*1 triggers? failed/);

  expect(await rule(sid)).toBe('hold:SECRET_FETCH_FAILED');

  await putSecret(world().endpoint, secret, { ai_api_key: 'sk-test' });
  expect(await ok('redrive', '--only', talk.user)).toContain('redriven');
  await untilStatus(talk, 'reply_sent');
  await untilClean(talk);
  expect((await sentTo(talk)).map(({ text }) => text)).toEqual(['You said: held']);
  expect((await entries(talk)).map(({ role }) => role)).toEqual(['user', 'assistant']);
  expect(await rule(sid)).toBe('replied');
  await healthyButForItsPast();
}

/** What was CRITICAL within a day stays a finding of `doctor`; all else is well again. */
async function healthyButForItsPast(): Promise<void> {
  const { out } = await hookline('doctor', '--json');
  const findings = JSON.parse(out) as { check: string; state: string; text: string }[];
  const now = findings.filter(({ check }) => check !== 'errors');
  expect(now.length).toBeGreaterThan(8);
  expect(now.filter(({ state }) => state === 'bad')).toEqual([]);
  const past = findings.filter(({ check, state }) => check === 'errors' && state === 'bad');
  expect(past.map(({ text }) => text).join()).toContain('operator_needed');
}
