import { confirm } from '../ask.ts';
import type { World } from '../world.ts';

/** Asks before something is lost. Throws when nobody can answer and `--yes` was not given. */
export async function confirmed(
  question: string,
  { yes }: { readonly yes?: boolean },
  { ask, terminal }: World,
): Promise<boolean> {
  if (yes) return true;
  if (!ask) throw new Error('Nobody can be asked here: add --yes to do it without a question.');
  const answer = await confirm(ask, question, false);
  if (!answer) terminal.out('Nothing was changed.\n');
  return answer;
}
