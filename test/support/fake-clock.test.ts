import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

test('sleeps cost no real time, and parallel sleeps overlap', async () => {
  const clock = new FakeClock({ startMillis: 0 });
  await Promise.all([clock.sleep(100_000), clock.sleep(60_000)]);
  expect(clock.nowMillis()).toBe(100_000);
  await clock.sleep(5);
  expect(clock.nowMillis()).toBe(100_005);
  expect(clock.slept).toEqual([100_000, 60_000, 5]);
});

test('sleepers wake in the order of their times, and what one starts runs before the next wakes', async () => {
  const clock = new FakeClock({ startMillis: 0 });
  const seen: string[] = [];
  const run = async (name: string, millis: number) => {
    await clock.sleep(millis);
    seen.push(`${name} at ${clock.nowMillis()}`);
    await Promise.resolve();
    seen.push(`${name} on`);
  };
  await Promise.all([run('b', 20), run('a', 10), run('c', 20)]);
  expect(seen).toEqual(['a at 10', 'a on', 'b at 20', 'b on', 'c at 20', 'c on']);
});

test('an abort ends a sleep with its reason', async () => {
  const clock = new FakeClock({ auto: false });
  const abort = new AbortController();
  const sleeping = clock.sleep(1000, abort.signal);
  abort.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  await expect(clock.sleep(1, abort.signal)).rejects.toThrow('enough');
  expect(clock.waiting).toBe(0);
});

test('without auto, time stands still until it is moved', async () => {
  const clock = new FakeClock({ startMillis: 0, auto: false });
  let woke = 0;
  void clock.sleep(1000).then(() => {
    woke = clock.nowMillis();
  });
  await clock.advance(999);
  expect(woke).toBe(0);
  await clock.advance(501);
  expect(woke).toBe(1000);
  expect(clock.nowMillis()).toBe(1500);
});
