import type { Clock } from '../../runtime/core/clock.ts';
import { Random } from './random.ts';

/** Jitter from the seed and timeouts on the world's clock, so that a schedule replays. Returns what undoes it. */
export function takeGlobals(clock: Clock, seed: number): () => void {
  const { random } = Math;
  const { timeout } = AbortSignal;
  const seeded = new Random(seed);
  Math.random = () => seeded.next();
  AbortSignal.timeout = (millis) => {
    const controller = new AbortController();
    void clock.sleep(millis).then(() => controller.abort(new DOMException('Timed out', 'TimeoutError')));
    return controller.signal;
  };
  return () => {
    Math.random = random;
    AbortSignal.timeout = timeout;
  };
}
