import type { System } from './threads.ts';

// FAULT_SEED=<id>: only this schedule, with its trace. FAULT_SCHEDULES=<n>: how many a system runs at least.
// FAULT_SECONDS=<n>: how long a system goes on with random ones.
const { FAULT_SEED: seed, FAULT_SCHEDULES: schedules, FAULT_SECONDS: seconds = '0' } = process.env;

export interface Chosen {
  /** The one schedule to run. */
  readonly only: string | undefined;
  /** Another system's schedule was asked for. */
  readonly isOther: boolean;
  readonly total: number;
  readonly seconds: number;
}

/** What a system is to run; ids of the reply engine begin with `replies/`, no id of the bot does. */
export function chosenFor(system: System, atLeast: number): Chosen {
  const isMine = seed !== undefined && seed.startsWith('replies/') === (system === 'replies');
  return {
    only: isMine ? seed : undefined,
    isOther: seed !== undefined && !isMine,
    total: Number(schedules ?? atLeast),
    seconds: Number(seconds),
  };
}
