import type { Locale } from '../messages.ts';
import type { Spec, Value } from '../spec/types.ts';
import { EXPLAIN_WORDS, type ExplainWords } from './explain-words.ts';
import { childrenOf, type Kind, type Tree, type TreeOf } from './tree.ts';

/** A typed tree in words. */
export function phrase(tree: Tree, spec: Spec, locale: Locale): string {
  return new Phrases(spec, EXPLAIN_WORDS[locale]).of(tree);
}

class Phrases {
  constructor(
    private readonly spec: Spec,
    private readonly words: ExplainWords,
  ) {}

  of(tree: Tree): string {
    const { words } = this;
    switch (tree.op) {
      case 'constant':
        return tree.isToday === true ? words.today : this.value(tree.value, tree.kind);
      case 'column':
        return this.column(tree);
      case 'rowNumber':
        return words.rowNumber;
      case 'arithmetic':
        return `${this.inner(tree.left)} ${tree.sign} ${this.inner(tree.right)}`;
      case 'concat':
        return `${this.inner(tree.left)} + ${this.inner(tree.right)}`;
      case 'negate':
        return `-${this.inner(tree.of)}`;
      case 'compare':
      case 'and':
      case 'or':
      case 'xor':
      case 'not':
      case 'if':
      case 'isNull':
      case 'among':
        return this.condition(tree);
      case 'member':
        return `${this.list(tree.keys)} ${words.member(this.target(tree))}`;
      case 'repeated':
        return `${this.list(tree.keys)} ${tree.isEvery ? words.repeatedAny : words.repeatedLater}`;
      case 'pattern':
        return `${this.of(tree.of)} ${words.pattern[tree.mode]} «${tree.pattern}»`;
      case 'textTest':
        return `${this.of(tree.of)} ${words.textTest[tree.name]} ${this.of(tree.arg)}`;
      case 'aggregate':
        return this.aggregate(tree);
      default:
        return this.function(tree);
    }
  }

  private condition(
    tree: TreeOf<'compare' | 'and' | 'or' | 'xor' | 'not' | 'if' | 'isNull' | 'among'>,
  ): string {
    const { words } = this;
    switch (tree.op) {
      case 'compare': {
        const exactly = tree.isExact ? `${words.exactly} ` : '';
        return `${this.inner(tree.left)} ${words.compare[tree.sign]} ${exactly}${this.inner(tree.right)}`;
      }
      case 'and':
      case 'or':
      case 'xor':
        return `${this.side(tree.left, tree.op)} ${words[tree.op]} ${this.side(tree.right, tree.op)}`;
      case 'not':
        return this.negated(tree.of);
      case 'if':
        return words.choose(this.of(tree.test), this.of(tree.then), this.of(tree.otherwise));
      case 'isNull':
        return `${this.inner(tree.of)} ${words.isEmpty}`;
      case 'among':
        return `${this.inner(tree.of)} ${words.isAmong} ${this.items(tree)}`;
    }
  }

  /** What reads better with its own "not". */
  private negated(of: Tree): string {
    const { words } = this;
    if (of.op === 'isNull') return `${this.inner(of.of)} ${words.isNotEmpty}`;
    if (of.op === 'among') return `${this.inner(of.of)} ${words.isNotAmong} ${this.items(of)}`;
    if (of.op === 'member') return `${this.list(of.keys)} ${words.notMember(this.target(of))}`;
    return words.not(this.side(of, 'not'));
  }

  private aggregate({ name, catalog, of, by, filter }: TreeOf<'aggregate'>): string {
    const { words } = this;
    const about = of.length === 0 ? catalog : this.list(of);
    const groups = by.length === 0 ? '' : words.by(this.list(by));
    const rows = filter === undefined ? '' : words.where(this.of(filter));
    return `${words.of(words.aggregate[name], about)}${rows}${groups}`;
  }

  private function(
    tree: TreeOf<
      | 'rounding'
      | 'extreme'
      | 'coalesce'
      | 'length'
      | 'text'
      | 'convert'
      | 'toDate'
      | 'datePart'
      | 'daysBetween'
    >,
  ): string {
    const { words } = this;
    const about = this.list(childrenOf(tree));
    switch (tree.op) {
      case 'rounding':
        return words.of(words.rounding[tree.name], tree.digits === 0 ? about : `${about}, ${tree.digits}`);
      case 'extreme':
        return words.of(tree.name === 'min' ? words.least : words.greatest, about);
      case 'coalesce':
        return words.coalesce(about);
      case 'length':
        return words.of(words.length, about);
      case 'text':
        return words.of(words.text[tree.name], about);
      case 'convert':
        return words.of(this.conversion(tree.kind), about);
      case 'toDate':
        return words.of(words.date, about);
      case 'datePart':
        return words.of(words.part[tree.part], about);
      case 'daysBetween':
        return words.days(this.of(tree.left), this.of(tree.right));
    }
  }

  private conversion(kind: Kind): string {
    if (kind === 'text') return this.words.asText;
    return kind === 'bool' ? this.words.asBoolean : this.words.number;
  }

  private target({ target, filter }: TreeOf<'member'>): string {
    const columns = target.map((tree) =>
      tree.op === 'column' ? `${tree.catalog}.${this.column(tree)}` : this.of(tree),
    );
    return `${columns.join(', ')}${filter === undefined ? '' : this.words.where(this.of(filter))}`;
  }

  private list(trees: readonly Tree[]): string {
    return trees.map((tree) => this.of(tree)).join(', ');
  }

  private items({ values, near, of }: TreeOf<'among'>): string {
    return [...values, ...near].map((value) => this.value(value, of.kind)).join(', ');
  }

  /** In parentheses where the words alone would read otherwise. */
  private inner(tree: Tree): string {
    const isCompound = ['arithmetic', 'concat', 'and', 'or', 'xor', 'if', 'compare'].includes(tree.op);
    return isCompound ? `(${this.of(tree)})` : this.of(tree);
  }

  private side(tree: Tree, op: 'and' | 'or' | 'xor' | 'not'): string {
    const isOther = ['and', 'or', 'xor', 'if'].includes(tree.op) && tree.op !== op;
    return isOther ? `(${this.of(tree)})` : this.of(tree);
  }

  private column({ catalog, index }: TreeOf<'column'>): string {
    return this.spec.catalogs.get(catalog)?.fields[index]?.name ?? '';
  }

  private value(value: Value, kind: Kind): string {
    if (value === null) return this.words.nothing;
    if (typeof value === 'boolean') return value ? this.words.true : this.words.false;
    if (kind === 'date' && typeof value === 'number') return new Date(value).toISOString().slice(0, 10);
    return typeof value === 'string' ? `'${value}'` : String(value);
  }
}
