import { createInterface } from 'node:readline/promises';

/** Asks the person at the keyboard for a line; an empty answer is the empty text. */
export type Ask = (question: string) => Promise<string>;

/** Undefined when nobody sits there: then a command must not wait for an answer. */
export const processAsk: Ask | undefined =
  process.stdin.isTTY && process.stderr.isTTY
    ? async (question) => {
        const lines = createInterface({ input: process.stdin, output: process.stderr });
        try {
          return (await lines.question(question)).trim();
        } finally {
          lines.close();
        }
      }
    : undefined;

/** A yes/no question; `fallback` is the answer to an empty line. */
export async function confirm(ask: Ask, question: string, fallback: boolean): Promise<boolean> {
  const answer = (await ask(`${question} [${fallback ? 'Y/n' : 'y/N'}] `)).toLowerCase();
  return answer === '' ? fallback : ['y', 'yes'].includes(answer);
}

/** Asks before something is lost. Throws when the answer is no, and when nobody can answer and `--yes` was not given. */
export async function confirmed(
  question: string,
  { yes }: { readonly yes?: boolean },
  { ask }: { readonly ask: Ask | undefined },
): Promise<void> {
  if (yes) return;
  if (!ask) throw new Error('Nobody can be asked here: add --yes to do it without a question.');
  if (!(await confirm(ask, question, false))) throw new Error('Nothing was changed.');
}
