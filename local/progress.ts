const seconds = (millis: number) => `${(millis / 1000).toFixed(1)} s`;

/** Where progress goes: one line at a time. */
export type Say = (line: string) => void;

/** Tells of a step once it lasts longer than this, then again and again, so that nobody waits without a word. */
const FIRST_WORD_MILLIS = 1000;
const NEXT_WORD_MILLIS = 10_000;

/**
 * Runs a step; one that lasts over a second is announced, then reported with the time it took. `detail` says
 * how far it has come.
 */
export async function step<T>(
  say: Say,
  title: string,
  work: () => Promise<T>,
  detail = () => '',
): Promise<T> {
  const started = Date.now();
  const elapsed = () => Date.now() - started;
  const announce = () => {
    const time = elapsed() < 2 * FIRST_WORD_MILLIS ? '' : seconds(elapsed());
    const facts = [time, detail()].filter(Boolean).join(', ');
    say(facts ? `  … ${title} (${facts})` : `  … ${title}`);
    timer = setTimeout(announce, NEXT_WORD_MILLIS).unref();
  };
  let timer = setTimeout(announce, FIRST_WORD_MILLIS).unref();
  try {
    const result = await work();
    say(`  ✓ ${title} (${seconds(elapsed())})`);
    return result;
  } catch (error) {
    say(`  ✗ ${title} (${seconds(elapsed())})`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
