import { expect, test } from 'vitest';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { awsError } from '../../support/tap.ts';
import {
  changeRecord,
  creates,
  expectOneReply,
  lists,
  modelCalls,
  readyWorld,
  said,
  sent,
} from './turn-world.ts';
import type { RepliesWorld } from './world.ts';

/** The lease is over, as far as another worker can see. */
function expireLease(world: RepliesWorld): void {
  changeRecord(world, storedItem({ lock_expires_at: Math.floor(world.clock.nowMillis() / 1000) - 1 }));
}

/** Lets another worker come in at a call of the first one; both go on to their ends. */
function stealAt(
  world: RepliesWorld,
  isPlace: (service: string, name: string) => boolean,
  waitMillis = 0,
): void {
  let isDone = false;
  world.killer.onCall = async ({ service, name }) => {
    if (isDone || !isPlace(service, name)) return;
    isDone = true;
    world.clock.jump(waitMillis);
    expireLease(world);
    await world.trigger();
    await world.runWorker();
  };
}

test('replies 52: the lease is stolen before `sending`: the loser sends nothing and gives nothing back', async () => {
  const world = await readyWorld();
  stealAt(world, (service) => service === 'model');
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  expectOneReply(world);
  expect([creates(world), world.metric('LeaseStolen'), modelCalls(world)]).toEqual([1, 1, 2]);
  expect(world.logs.of('lease_lost')).toMatchObject([{ level: 'WARN', rule: 'transient:LEASE_LOST' }]);
  await world.run(1200);
  expectOneReply(world);
});

test('replies 52: it is stolen right before the write of `sending`: that write fails, and the loser sends nothing', async () => {
  const world = await readyWorld();
  let isDone = false;
  world.tap.before = async ({ name, input }) => {
    if (isDone || name !== 'UpdateItem' || !JSON.stringify(input).includes('send_started_at')) return;
    isDone = true;
    expireLease(world);
    await world.trigger();
    await world.runWorker();
  };
  const run = await world.runWorker();
  expect(isDone).toBe(true);
  expect(run?.failures).toEqual(run?.messageIds);
  expectOneReply(world);
  expect([creates(world), world.metric('LeaseStolen'), modelCalls(world)]).toEqual([1, 1, 1]);
});

test('replies 52: it is stolen between `sending` and the commit: the winner asks Twilio and adopts', async () => {
  const world = await readyWorld();
  let isDone = false;
  world.tap.before = async ({ name, input }) => {
    const text = JSON.stringify(input);
    const accepted = world.twilio.messages[0]?.sid;
    if (isDone || name !== 'UpdateItem' || !accepted || !text.includes(accepted)) return;
    isDone = true;
    world.clock.jump(61_000);
    expireLease(world);
    await world.trigger();
    await world.runWorker();
  };
  const run = await world.runWorker();
  expect(isDone).toBe(true);
  expect(run?.failures).toEqual(run?.messageIds);
  expectOneReply(world);
  expect([creates(world), lists(world), world.metric('LeaseStolen')]).toEqual([1, 1, 1]);
  // A message went out and this run could not say so.
  expect(world.logs.of('lease_lost')).toMatchObject([{ level: 'CRITICAL' }]);
});

test('replies 57: 12 minutes of work: beats at 0, 5 and 10 minutes keep trigger and lease', async () => {
  const world = await readyWorld({ workerTimeoutSeconds: 900, environment: { MODEL_TIMEOUT_MS: '800000' } });
  const start = world.clock.nowMillis();
  let isDone = false;
  const kept: boolean[] = [];
  world.killer.onCall = async ({ service }) => {
    if (service !== 'model' || isDone) return;
    isDone = true;
    for (let minute = 0; minute < 12; minute++) {
      await world.clock.advance(60_000);
      // Nobody else gets the message or the lease meanwhile.
      const others = await world.runWorker();
      const { lockExpiresAtSeconds = 0 } = world.conversation();
      kept.push(others === undefined && lockExpiresAtSeconds > world.clock.nowMillis() / 1000);
    }
  };
  const beats: number[] = [];
  world.tap.before = ({ name }) => {
    if (name === 'ChangeMessageVisibility') beats.push((world.clock.nowMillis() - start) / 60_000);
  };
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(beats.slice(0, 3)).toEqual([0, 5, 10]);
  expect(kept).toEqual(Array(12).fill(true));
  expectOneReply(world);
  expect([modelCalls(world), world.metric('HeartbeatFailures')]).toEqual([1, 0]);
});

test('replies 57: the visibility call denied: HeartbeatFailures, and the work goes on under the fence', async () => {
  const world = await readyWorld();
  world.tap.before = ({ name }) => {
    if (name === 'ChangeMessageVisibility') throw awsError('AccessDenied', 403);
  };
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
  expect(world.metric('HeartbeatFailures')).toBe(1);
  expect(world.logs.of('heartbeat_failed')).toMatchObject([{ level: 'WARN' }]);
});

test('a send is not begun when the lease cannot be prolonged', async () => {
  const world = await readyWorld();
  world.tap.before = ({ name, input }) => {
    if (name === 'UpdateItem' && JSON.stringify(input).includes('"sending"'))
      throw awsError('Throttling', 400);
  };
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  expect([creates(world), sent(world)]).toEqual([0, []]);
  world.tap.before = undefined;
  await world.run(600);
  expectOneReply(world);
  expect([modelCalls(world), lists(world)]).toEqual([1, 0]);
});

test('the note that a part was accepted is tried for seconds, so that nobody has to ask Twilio', async () => {
  const world = await readyWorld();
  let refusals = 6;
  world.tap.before = ({ name, input }) => {
    const accepted = world.twilio.messages[0]?.sid;
    if (name === 'UpdateItem' && accepted && JSON.stringify(input).includes(accepted) && refusals-- > 0)
      throw awsError('ThrottlingException', 400);
  };
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(refusals).toBeLessThan(0);
  expectOneReply(world);
  expect(lists(world)).toBe(0);
});

test('the write before a send prolongs the lease, beats or no beats', async () => {
  const world = await readyWorld({ environment: { SQS_HEARTBEAT_INTERVAL_MS: '30000' } });
  const left: number[] = [];
  world.killer.onCall = ({ service, name }) => {
    if (service === 'model') world.clock.jump(50_000);
    if (service === 'twilio' && name === 'POST')
      left.push((world.conversation().lockExpiresAtSeconds ?? 0) - world.clock.nowMillis() / 1000);
  };
  await world.runWorker();
  expect(left).toEqual([60]);
  expectOneReply(world);
});

/** All AWS calls of an undisturbed turn. */
async function awsCalls(): Promise<number> {
  const world = await readyWorld();
  world.tap.clear();
  await world.runWorker();
  return world.tap.calls.length;
}

test.each(['done, its answer lost', 'throttled for good'] as const)(
  'any one AWS call of a turn %s: one reply in the end',
  async (fault) => {
    const calls = await awsCalls();
    for (let place = 1; place <= calls; place++) {
      const world = await readyWorld();
      let count = 0;
      let name: string | undefined;
      const isPlace = (call: { readonly name: string }, at: number) => {
        if (at === place) name = call.name;
        return at === place;
      };
      if (fault === 'done, its answer lost')
        world.tap.after = (call) => {
          if (isPlace(call, ++count)) throw awsError('TimeoutError', 500);
        };
      else {
        let until = Number.POSITIVE_INFINITY;
        world.tap.before = (call) => {
          if (isPlace(call, ++count)) until = world.clock.nowMillis() + 25_000;
          if (name === call.name && world.clock.nowMillis() < until)
            throw awsError('ThrottlingException', 400);
        };
      }
      await world.run(3 * 3600);
      // A row whose deletion failed waits for the next trigger.
      world.tap.before = undefined;
      await world.trigger();
      await world.run(60);
      expect([place, name, sent(world), said(world).length]).toEqual([place, name, ['Hello'], 2]);
      expectOneReply(world);
      expect(world.metric('LeaseStolen'), `${place} ${name}`).toBe(0);
    }
  },
);

test('two triggers at once: one turn', async () => {
  const world = await readyWorld();
  await world.trigger();
  const runs = await Promise.all([world.runWorker(), world.runWorker()]);
  expect(runs.map((run) => run?.failures)).toEqual([[], []]);
  await world.run(1200);
  expectOneReply(world);
  expect(modelCalls(world)).toBe(1);
});
