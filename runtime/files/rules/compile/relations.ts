import type { Gather, Gathering, KeySet, RowContext } from '../plan.ts';
import type { TreeOf } from '../tree.ts';
import type { Compiler, Eval } from './compiler.ts';
import { filtered, filterOf } from './filter.ts';
import { keyOfAll } from './keys.ts';

/** Whether a row's keys are among those of another catalog (contract files §6.3). */
export function member(compiler: Compiler, tree: TreeOf<'member'>): Eval<boolean> {
  // In pandas an empty cell is among others if one of them is empty.
  const nulls = compiler.nulls === 'unknown' ? 'skip' : 'keep';
  const place = compiler.gather('keys', { ...tree, keys: [] }, () => {
    const key = keyOfAll(compiler, tree.target, nulls);
    // A rule of the sage dialect names the other catalog itself: it means all its rows.
    const filter = filterOf(compiler, tree.targetCatalog, tree.filter, compiler.language === 'pandas');
    return {
      catalog: tree.targetCatalog,
      start: (resources, gathered) => keyGathering(resources.keySet(), key, filter, gathered),
    };
  });
  const key = keyOfAll(compiler, tree.keys, nulls);
  return (row, context, gathered) => {
    const own = key(row, context, gathered);
    return own === null ? null : (gathered[place] as KeySet).has(own);
  };
}

function keyGathering(
  keys: KeySet,
  key: Eval<string>,
  filter: Eval<boolean> | undefined,
  gathered: readonly unknown[],
): Gathering {
  const gathering: Gathering = {
    add(row, context) {
      const own = key(row, context, gathered);
      if (own !== null) keys.add(own);
    },
    finish: () => keys,
  };
  return filtered(gathering, filter, gathered);
}

/** Whether a row's keys stood in an earlier row, or in any other; an empty cell is like another. */
export function repeated(compiler: Compiler, tree: TreeOf<'repeated'>): Eval<boolean> {
  const catalog = tree.home;
  if (catalog === undefined) throw new Error('repeated rows of no catalog');
  const place = compiler.gather('repeated', tree, () => {
    const key = keyOfAll(compiler, tree.keys, 'keep');
    const filter = filterOf(compiler, catalog, tree.filter, true);
    const mark = tree.isEvery ? everyMark : laterMark;
    return repeatedGather(catalog, key, filter, mark);
  });
  if (!tree.isEvery) return (_row, { rowNumber }, gathered) => (gathered[place] as RowMarks).has(rowNumber);
  const key = keyOfAll(compiler, tree.keys, 'keep');
  return (row, context, gathered) => {
    const own = key(row, context, gathered);
    return own !== null && (gathered[place] as KeySet).has(own);
  };
}

interface Mark {
  add(key: string, context: RowContext): void;
  readonly result: unknown;
}

const laterMark = (): Mark => {
  const rows = new RowMarks();
  return { add: (_key, { rowNumber }) => rows.add(rowNumber), result: rows };
};

const everyMark = (keySet: () => KeySet): Mark => {
  const keys = keySet();
  return { add: (key) => keys.add(key), result: keys };
};

function repeatedGather(
  catalog: string,
  key: Eval<string>,
  filter: Eval<boolean> | undefined,
  mark: (keySet: () => KeySet) => Mark,
): Omit<Gather, 'after'> {
  return {
    catalog,
    start: (resources, gathered) => {
      const seen = resources.keySet();
      const marks = mark(() => resources.keySet());
      const gathering: Gathering = {
        add(row, context) {
          const own = key(row, context, gathered);
          if (own !== null && !seen.add(own)) marks.add(own, context);
        },
        finish: () => marks.result,
      };
      return filtered(gathering, filter, gathered);
    },
  };
}

/** Numbers of rows, a bit each. */
class RowMarks {
  private words = new Uint32Array(1_024);

  add(rowNumber: number): void {
    const word = rowNumber >>> 5;
    if (word >= this.words.length) {
      const larger = new Uint32Array(Math.max(word + 1, this.words.length * 2));
      larger.set(this.words);
      this.words = larger;
    }
    this.words[word] = (this.words[word] ?? 0) | (1 << (rowNumber & 31));
  }

  has(rowNumber: number): boolean {
    return (((this.words[rowNumber >>> 5] ?? 0) >>> (rowNumber & 31)) & 1) === 1;
  }
}
