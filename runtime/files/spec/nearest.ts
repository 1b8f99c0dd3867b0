/** Longer words are no slips of the pen, and the distance takes length by length steps. */
const LONGEST = 100;

/** The known word with the fewest letters to change, case aside; empty where none is known. */
export function nearest(word: string, known: readonly string[]): string {
  const asked = word.slice(0, LONGEST).toLowerCase();
  let best = { name: '', changes: Number.POSITIVE_INFINITY };
  for (const name of known) {
    const changes = distance(asked, name.slice(0, LONGEST).toLowerCase());
    if (changes < best.changes) best = { name, changes };
  }
  return best.name;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
