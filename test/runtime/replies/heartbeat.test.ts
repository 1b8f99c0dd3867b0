import { expect, test } from 'vitest';
import { jsonLog } from '../../../runtime/core/log.ts';
import { startHeartbeat } from '../../../runtime/replies/heartbeat.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const INTERVAL = 300_000;

function beating(extendVisibility: (seconds: number) => Promise<void> = async () => {}) {
  const clock = new FakeClock({ auto: false });
  const start = clock.nowMillis();
  const minute = () => (clock.nowMillis() - start) / 60_000;
  const beats: string[] = [];
  const lines: string[] = [];
  let failures = 0;
  let isOurs = true;
  const heartbeat = startHeartbeat({
    clock,
    log: jsonLog(
      (line) => lines.push(line),
      () => clock.nowMillis(),
    ),
    intervalMillis: INTERVAL,
    extendVisibility: async (seconds) => {
      beats.push(`${minute()} trigger ${seconds}`);
      await extendVisibility(seconds);
    },
    renewLease: async (seconds) => {
      beats.push(`${minute()} lease ${seconds}`);
      return isOurs;
    },
    onFailure: () => {
      failures += 1;
    },
  });
  const lose = () => {
    isOurs = false;
  };
  return { clock, beats, lines, heartbeat, lose, failures: () => failures };
}

const pass = () => new Promise((resolve) => setImmediate(resolve));

test('the first beat comes at once and for the trigger alone, the others prolong trigger and lease by two intervals', async () => {
  const { clock, beats } = beating();
  await pass();
  expect(beats).toEqual(['0 trigger 600']);
  await clock.advance(2 * INTERVAL);
  expect(beats.slice(1)).toEqual(['5 trigger 600', '5 lease 600', '10 trigger 600', '10 lease 600']);
});

test('stopping ends the beats at once', async () => {
  const { clock, beats, heartbeat } = beating();
  await pass();
  heartbeat.stop();
  await clock.advance(3 * INTERVAL);
  expect(beats).toEqual(['0 trigger 600']);
  expect(clock.waiting).toBe(0);
});

test('a beat that fails is counted and noted once, the lease is renewed all the same, and the beats go on', async () => {
  const { clock, beats, lines, failures } = beating(async () => {
    throw new Error('denied');
  });
  await clock.advance(INTERVAL);
  await pass();
  expect(failures()).toBe(2);
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['heartbeat_failed', 'heartbeat_failed']);
  expect(beats).toEqual(['0 trigger 600', '5 trigger 600', '5 lease 600']);
});

test('a lease that is not ours any more is not renewed again', async () => {
  const { clock, beats, lose, failures } = beating();
  lose();
  await pass();
  await clock.advance(3 * INTERVAL);
  expect(beats.filter((beat) => beat.includes('lease'))).toEqual(['5 lease 600']);
  expect(failures()).toBe(0);
});
