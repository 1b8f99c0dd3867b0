import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { WorkerPorts } from './worker.ts';

/**
 * With `VERBOSE`, a turn's ports that log each of their calls: which one, how long it took, and whether it failed;
 * never what was in it (contract bot §3). Without, the ports as they are.
 */
export function verbosePorts<P extends WorkerPorts>(ports: P): P {
  if (!ports.config.verbose) return ports;
  const { agent, delivery, histories, sender } = ports;
  return {
    ...ports,
    agent: async (turn, context) => timed('agent', ports, () => agent(turn, context)),
    histories: spoken('histories', histories, ports),
    delivery: delivery && spoken('delivery', delivery, ports),
    sender: spoken('sender', sender, ports),
  };
}

type Ears = { readonly log: Log; readonly clock: Clock };

async function timed<T>(call: string, { log, clock }: Ears, run: () => T | Promise<T>): Promise<T> {
  const started = clock.nowMillis();
  const say = (fields = {}) =>
    log.info('call_made', { call, duration_ms: clock.nowMillis() - started, ...fields });
  try {
    const result = await run();
    say();
    return result;
  } catch (error) {
    say({ error: describeError(error) });
    throw error;
  }
}

/** Every method of a port is asynchronous, so each can be waited for. */
const spoken = <T extends object>(name: string, port: T, ears: Ears): T =>
  new Proxy(port, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) =>
        timed(`${name}.${String(property)}`, ears, () => Reflect.apply(value, target, args));
    },
  });
