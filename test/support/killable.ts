import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { AwsClient } from '../../runtime/core/aws-errors.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { operationOf } from './tap.ts';

/** A call that a function makes to the outside: an AWS operation, or an HTTP request. */
export interface OutsideCall {
  readonly service: string;
  /** The operation, for example `UpdateItem`; of HTTP requests the method. */
  readonly name: string;
  /** The command's input; of HTTP requests `url` and `body`. */
  readonly input: Readonly<Record<string, unknown>>;
}

type Match = (call: OutsideCall) => boolean;

const never = <T>(): Promise<T> => new Promise(() => {});

/** What all containers of a world share: when one of them is to die, and whether anybody works. */
export class Killer {
  /** The process ends when it is about to make this call. Once. */
  before: Match | undefined;
  /** The process ends when this call was made. Once. */
  after: Match | undefined;
  /** Called before each call; may wait (what it does to the clock happens during the call) and throw in its place. */
  onCall: ((call: OutsideCall) => void | Promise<void>) | undefined;
  takes(when: 'before' | 'after', call: OutsideCall): boolean {
    if (!this[when]?.(call)) return false;
    this[when] = undefined;
    return true;
  }
}

/** A process that can end at any call: from then on nothing that it does has an effect or an end. */
export class Container {
  isDead = false;
  /** Whether an invocation is in it. */
  isBusy = false;
  /** Calls in progress. */
  open = 0;
  /** Rises with everything that happens. */
  steps = 0;
  readonly died: Promise<void>;
  private end: () => void = () => {};

  constructor(
    private readonly killer: Killer,
    private readonly time: FakeClock,
  ) {
    this.died = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  private die<T>(): Promise<T> {
    this.isDead = true;
    this.end();
    return never();
  }

  private async run<T>(call: OutsideCall, work: () => Promise<T>): Promise<T> {
    if (this.isDead) return never();
    if (this.killer.takes('before', call)) return this.die();
    this.open += 1;
    this.steps += 1;
    try {
      await this.killer.onCall?.(call);
      if (this.isDead) return never();
      const answer = await work();
      if (this.killer.takes('after', call)) return this.die();
      return this.isDead ? never() : answer;
    } finally {
      this.open -= 1;
      this.steps += 1;
    }
  }

  client(service: string, fake: AwsClient): AwsClient {
    return {
      send: (command: { readonly input: Record<string, unknown> }) =>
        this.run({ service, name: operationOf(command), input: command.input }, () => fake.send(command)),
    };
  }

  fetch(serviceOf: (host: string) => { readonly name: string; readonly fetch: typeof fetch }): typeof fetch {
    return async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      const service = serviceOf(new URL(url).host);
      const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
      const call = { service: service.name, name: method, input: { url, body: String(init?.body ?? '') } };
      return this.run(call, () => service.fetch(input, init));
    };
  }

  get clock(): Clock {
    return {
      nowMillis: () => this.time.nowMillis(),
      sleep: (millis, signal) => {
        this.steps += 1;
        return this.isDead ? never() : this.time.sleep(millis, signal);
      },
    };
  }
}

/** Turns of the event loop in which nothing happened, after which time goes on. */
const QUIET_TURNS = 12;
/** Whether this thread waits for the disk or for compression. */
const isOnFiles = (): boolean => process.getActiveResourcesInfo().some((name) => /^(FSReq|ZLIB)/i.test(name));

/** Real time in which nothing happened: nothing will. */
const STUCK_MILLIS = 10_000;

/**
 * Lets time go on to the next sleeper whenever the function does nothing and waits for no call, until `work` is done
 * or its container has died (then undefined). So a heartbeat beside a turn does not run ahead of it. A call that hangs
 * is ended by its caller's timeout, in real time: set short ones. Work on files is waited for, however slow the disk.
 */
export async function drive<T>(
  work: Promise<T>,
  container: Container,
  clock: FakeClock,
): Promise<T | undefined> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  void container.died.then(end);
  let [seen, quiet, since] = [container.steps, 0, performance.now()];
  while (!isOver) {
    await (quiet > 10 * QUIET_TURNS ? delay(1) : nextTurn());
    quiet += 1;
    const next = clock.nextMillis;
    const isQuiet = container.open === 0 && quiet >= QUIET_TURNS;
    const isWaiting = isQuiet && next !== undefined && !isOnFiles();
    if (isWaiting) await clock.advance(next - clock.nowMillis());
    if (isWaiting || container.steps !== seen) [seen, quiet, since] = [container.steps, 0, performance.now()];
    if (performance.now() - since > STUCK_MILLIS)
      throw new Error('The function waits for something that never comes');
  }
  return container.isDead ? undefined : work;
}
