import type { Clock } from '../runtime/core/clock.ts';
import { paint, type Terminal } from './terminal.ts';

/** Says on standard error what is going on, so that standard output holds the result alone. */
export interface Progress {
  /** Runs a step, announced before and reported after it. `tell` says how far it has come. */
  step<T>(title: string, work: (tell: (detail: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

/** How often a step may tell, so that a long one stays readable in a build log. */
const TELL_EVERY_MILLIS = 5000;

export function progressOn(terminal: Terminal, clock: Clock, quiet = false): Progress {
  const say = (line: string) => {
    if (!quiet) terminal.error(`${line}\n`);
  };
  return {
    say,
    async step(title, work) {
      const started = clock.nowMillis();
      const seconds = () => `${((clock.nowMillis() - started) / 1000).toFixed(1)} s`;
      let told = started;
      say(`${paint(terminal, 'dim', '…')} ${title}`);
      try {
        const result = await work((detail) => {
          if (clock.nowMillis() - told < TELL_EVERY_MILLIS) return;
          told = clock.nowMillis();
          say(`  ${paint(terminal, 'dim', detail)}`);
        });
        say(`${paint(terminal, 'green', '✓')} ${title} ${paint(terminal, 'dim', `(${seconds()})`)}`);
        return result;
      } catch (error) {
        say(`${paint(terminal, 'red', '✗')} ${title} ${paint(terminal, 'dim', `(${seconds()})`)}`);
        throw error;
      }
    },
  };
}
