/** The wall clock and waiting, as a port: code that is given a clock can be tested without real time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMillis(): number;
  /** Resolves after `millis`, or rejects with the signal's reason when it aborts first. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
}

export const epochSeconds = (clock: Clock): number => Math.floor(clock.nowMillis() / 1000);

export const systemClock: Clock = {
  nowMillis: () => Date.now(),
  sleep: (millis, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, millis);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
