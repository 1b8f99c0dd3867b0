import { expect, test } from 'vitest';
import { backoffSeconds, REDRIVE } from '../../../../runtime/files/backoff.ts';
import { CircuitBreaker } from '../../../../runtime/files/orchestrate/breaker.ts';
import {
  type DecisionItem,
  type DecisionSnapshot,
  decide,
  isCpuHigh,
  shouldUseLambda,
} from '../../../../runtime/files/orchestrate/decide.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const GIB = 1024 ** 3;
const idle: DecisionSnapshot = { queueSize: 1, freeSlots: 3, isLambdaEnabled: true, isCircuitOpen: false };
const decided = (item: DecisionItem, snapshot: Partial<DecisionSnapshot> = {}) => {
  const { target, reason } = decide(item, { ...idle, ...snapshot });
  return `${target} ${reason}`;
};

test('files T12: more pending than local slots, or a CPU above 80 %, asks for Lambda', () => {
  expect(shouldUseLambda(3, undefined)).toBe(false);
  expect(shouldUseLambda(4, undefined)).toBe(true);
  expect(shouldUseLambda(1, { cpu_percent: 80 })).toBe(false);
  expect(shouldUseLambda(1, { cpu_percent: 80.1 })).toBe(true);
  expect(shouldUseLambda(1, {})).toBe(false);
});

test('files T27: pauses between attempts double from 30 s up to 900 s', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6].map((attempt) => backoffSeconds(attempt, REDRIVE, () => 1));
  expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900]);
  expect(backoffSeconds(3, REDRIVE, () => 0)).toBe(0);
  expect(backoffSeconds(3, REDRIVE, () => 0.5)).toBe(120);
});

test('a free local slot comes first, then Lambda under pressure, else a wait of up to 10 s', () => {
  expect(decided({})).toBe('local local-slot-free');
  expect(decided({}, { queueSize: 9 })).toBe('local local-slot-free');
  expect(decided({}, { freeSlots: 0, queueSize: 4 })).toBe('lambda queue-pressure');
  expect(decided({}, { freeSlots: 0, queueSize: 3 })).toBe('wait queue-pressure');
  expect(decided({ waitedSeconds: 9.9 }, { freeSlots: 0 })).toBe('wait queue-pressure');
  expect(decided({ waitedSeconds: 10 }, { freeSlots: 0 })).toBe('lambda queue-pressure');
});

test('a host under pressure sends executions away, also while a slot is free', () => {
  expect(decided({}, { load: { cpu_percent: 80.1 } })).toBe('lambda cpu');
  expect(decided({}, { load: { cpu_percent: 80 } })).toBe('local local-slot-free');
  expect(decided({}, { load: { cpu_percent: 75 }, wasCpuHigh: true })).toBe('lambda cpu');
  expect(decided({}, { load: { cpu_percent: 70 }, wasCpuHigh: true })).toBe('local local-slot-free');
  expect(decided({}, { load: { memory_percent: 85.1 } })).toBe('lambda memory');
  expect(decided({}, { load: { disk_percent: 91 } })).toBe('lambda disk');
  expect(isCpuHigh({ cpu_percent: 70.1 }, true)).toBe(true);
  expect(isCpuHigh(undefined, false)).toBe(false);
});

test('sizes decide before everything but a cancellation', () => {
  expect(decided({ unpackedBytes: 8 * GIB })).toBe('local local-slot-free');
  expect(decided({ unpackedBytes: 8 * GIB + 1 }, { load: { cpu_percent: 99 } })).toBe(
    'local size-local-only',
  );
  expect(decided({ estimatedSeconds: 721 }, { freeSlots: 0, queueSize: 50 })).toBe('wait size-local-only');
  expect(decided({ unpackedBytes: GIB }, { localFreeBytes: 1 })).toBe('lambda size-lambda-only');
  expect(decided({ unpackedBytes: GIB }, { localFreeBytes: 1, isCircuitOpen: true })).toBe(
    'wait size-lambda-only',
  );
  expect(decided({ unpackedBytes: 9 * GIB }, { localFreeBytes: 1 })).toBe('refuse too-large');
  expect(decided({ unpackedBytes: 9 * GIB, isCancelled: true })).toBe('refuse cancelled');
});

test('without Lambda, or while its circuit is open, everything runs here', () => {
  expect(decided({ affinity: 'lambda' }, { isLambdaEnabled: false })).toBe('local lambda-disabled');
  expect(decided({}, { isLambdaEnabled: false, freeSlots: 0, queueSize: 99 })).toBe('wait lambda-disabled');
  expect(decided({}, { isCircuitOpen: true, load: { cpu_percent: 99 } })).toBe('local circuit-open');
  expect(decided({ affinity: 'lambda' })).toBe('lambda affinity');
  expect(decided({ affinity: 'local' }, { load: { cpu_percent: 99 } })).toBe('local affinity');
});

test('the circuit opens after five failures in a row for 60 s, then lets one call through', () => {
  const clock = new FakeClock({ auto: false });
  const breaker = new CircuitBreaker(clock);
  const fail = () => {
    breaker.begin();
    breaker.failed();
  };
  for (let failure = 0; failure < 4; failure++) fail();
  breaker.succeeded();
  for (let failure = 0; failure < 4; failure++) fail();
  expect(breaker.isOpen).toBe(false);
  fail();
  expect(breaker.isOpen).toBe(true);
  clock.jump(59_999);
  expect(breaker.isOpen).toBe(true);
  clock.jump(1);
  expect(breaker.isOpen).toBe(false);
  breaker.begin();
  expect(breaker.isOpen).toBe(true);
  breaker.failed();
  clock.jump(60_000);
  breaker.begin();
  breaker.succeeded();
  expect(breaker.isOpen).toBe(false);
});
