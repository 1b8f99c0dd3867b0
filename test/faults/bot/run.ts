import { writeFileSync } from 'node:fs';
import type { HistoryRow } from '../../../runtime/bot/agent.ts';
import { aliasTarget } from '../../../runtime/bot/history-alias.ts';
import { HistoryFile } from '../../../runtime/bot/history-file.ts';
import { takeGlobals } from '../globals.ts';
import type { RunResult } from '../tally.ts';
import { Actors } from './actors.ts';
import { carrierOf, check, repetitions, unacceptedParts } from './check.ts';
import type { EventRecord, Visible } from './observation.ts';
import type { Schedule } from './schedule.ts';
import { DEAD_LETTER_URL } from './settings.ts';
import { eventIdOf, World } from './world.ts';

/** Runs one schedule to its end, redrives what an operator would see, and checks both. */
export async function runSchedule(schedule: Schedule, tmpDir: string, tracing = false): Promise<RunResult> {
  const world = new World(schedule, tmpDir, tracing);
  const restore = takeGlobals(world.clock, schedule.seed);
  try {
    const actors = new Actors(world);
    actors.write(schedule.scenario.messages);
    actors.poll();
    await actors.settle();
    const calls = [...world.plan.calls];
    const visible = visibleIn(world);
    const violations = [...world.violations, ...check(world, visible)];
    world.note('--- the operator redrives, without faults');
    world.plan.isOn = false;
    await actors.redrive();
    violations.push(...check(world, either(visible, visibleIn(world))));
    violations.push(...checkAfterRedrive(world, visible), ...checkHistories(world, tmpDir));
    violations.push(...(await checkLocks(world, actors)));
    const repeated = [...world.events.values()].reduce((sum, event) => sum + repetitions(event).length, 0);
    return {
      id: schedule.id,
      violations: [...new Set(violations)],
      met: world.plan.met,
      calls,
      repeated,
      trace: world.trace,
    };
  } finally {
    world.clock.stop();
    restore();
  }
}

function visibleIn(world: World): Visible {
  const captured = world.s3
    .keys()
    .filter((key) => key.startsWith('failed-events/'))
    .map((key) => JSON.parse(Buffer.from(world.s3.object(key)?.body ?? []).toString()) as CapturedEvent);
  return {
    deadLetters: new Set(world.sqs.messages(DEAD_LETTER_URL).map(({ body }) => eventIdOf(body))),
    failureQueue: new Set(world.failureQueue.map(eventIdOf)),
    held: new Set(
      captured.filter(({ reason }) => reason.startsWith('send_')).map(({ event }) => eventIdOf(event)),
    ),
  };
}

const either = (one: Visible, two: Visible): Visible => ({
  deadLetters: new Set([...one.deadLetters, ...two.deadLetters]),
  failureQueue: new Set([...one.failureQueue, ...two.failureQueue]),
  held: new Set([...one.held, ...two.held]),
});

interface CapturedEvent {
  readonly reason: string;
  readonly event: unknown;
}

/** After the fix and a redrive, nothing is missing but what is held for a person or was refused for good. */
function checkAfterRedrive(world: World, before: Visible): string[] {
  const after = visibleIn(world);
  return [...world.events.values()].flatMap((event) => {
    const carrier = carrierOf(world, event);
    if (after.held.has(carrier.id)) return [];
    const redriven = before.deadLetters.has(event.id) || before.failureQueue.has(event.id);
    if (!redriven || (event.decisions.length === 0 && event.ignoredBy.length > 0)) return [];
    const missing = event.decisions.length === 0 ? ['all'] : unacceptedParts(carrier);
    return missing.length > 0 ? [`lost: part ${missing} of ${event.id} is missing after the redrive`] : [];
  });
}

/** Every decided event stands once in its chat's history, with its rows. */
function checkHistories(world: World, tmpDir: string): string[] {
  const path = `${tmpDir}/check.sqlite`;
  return world.s3
    .keys()
    .filter((key) => key.startsWith('history/'))
    .flatMap((key) => {
      const body = world.s3.object(key)?.body ?? new Uint8Array();
      if (aliasTarget(body) !== undefined) return [];
      writeFileSync(path, body);
      const file = HistoryFile.open(path, '2026-11-21T10:00:00+00:00');
      const rows = file.rows(1000);
      const findings = [...world.events.values()]
        .filter(({ chatId, decisions }) => key.includes(chatId) && decisions.length > 0)
        .flatMap(({ id, decisions }) => {
          const own = rows.filter(
            (row) => row.role === 'user' && JSON.stringify(row.blocks).includes(`"event_id":"${id}"`),
          );
          const ledger = file.ledgerRow(id);
          const carrierId = ledger && (ledger.carriedBy ?? id);
          const tied = carrierId === decisions[0]?.carrierId;
          return own.length === 1 && tied
            ? []
            : [`history: ${id} stands there ${own.length} times, its reply under ${carrierId}`];
        });
      file.close();
      findings.push(...checkRowOrder(world, rows));
      const numbers = new Set(rows.map((row) => row.msgNumber));
      return numbers.size === rows.length ? findings : [...findings, `history: ${key} has a number twice`];
    });
}

/** The messages of one turn stand there in the order in which the queue took them. */
function checkRowOrder({ events }: World, rows: readonly HistoryRow[]): string[] {
  const text = JSON.stringify(rows);
  const placeOf = (event: EventRecord) => text.indexOf(`"event_id":"${event.id}"`);
  const merged = [...events.values()].filter((event) => placeOf(event) >= 0);
  return merged.flatMap((first) =>
    merged
      .filter((second) => second.decisions[0]?.carrierId === first.decisions[0]?.carrierId)
      .filter((second) => (second.queuedAt ?? 0) > (first.queuedAt ?? 0) && placeOf(second) < placeOf(first))
      .map((second) => `order: ${second.id} stands before ${first.id} in the history`),
  );
}

/** A lock that is left is taken over once it has expired: the next message of the chat is answered. */
async function checkLocks(world: World, actors: Actors): Promise<string[]> {
  const chats = new Set([...world.events.values()].map(({ chatId }) => chatId));
  const left = [...world.dynamodb.items()].filter(([key]) => chats.has(key));
  if (left.length === 0) return [];
  const expiry = Math.max(...left.map(([, item]) => Number(item.expiresAt?.N ?? 0)));
  await world.clock.sleep(Math.max(0, (expiry + 1) * 1000 - world.clock.nowMillis()));
  world.note('--- a message after the expiry of the locks that were left');
  const known = world.events.size;
  actors.write([...new Set(world.schedule.scenario.messages.map(({ chat }) => chat))].map(messageOf));
  await actors.settle();
  const probes = [...world.events.values()].slice(known);
  return probes
    .filter((event) => event.accepted.length !== 1)
    .map((event) => `lock: ${event.id} was not answered after the lock's expiry`);
}

const messageOf = (chat: number) => ({ chat, atMillis: 1000 * chat, parts: 1, agentMillis: 0 });
