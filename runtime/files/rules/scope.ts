import type { FilesCode } from '../messages.ts';
import { nearest } from '../spec/nearest.ts';
import type { Catalog, MessageValues, Package, Rule, Spec } from '../spec/types.ts';
import { RuleRefusal } from './refusal.ts';
import { KIND_OF_FIELD, type Tree, type TreeOf } from './tree.ts';

/** A remark on a rule that works. */
export interface Lint {
  readonly code: FilesCode;
  readonly offset: number;
  readonly values: MessageValues;
}

/** What a rule's names mean, and what is noticed while it is read. */
export class Scope {
  readonly lints: Lint[] = [];
  /** The first column that no catalog has. The reading goes on, to find what would refuse the document. */
  unknown: RuleRefusal | undefined;
  /** The rule's own catalog; undefined at package level. */
  readonly own: Catalog | undefined;
  readonly package: Package | undefined;

  constructor(
    readonly rule: Rule,
    readonly spec: Spec,
    readonly language: 'pandas' | 'sage',
    /** Midnight UTC of the day of the execution, in epoch milliseconds. */
    readonly today: number,
  ) {
    this.own = rule.catalog === undefined ? undefined : spec.catalogs.get(rule.catalog);
    this.package = rule.package === undefined ? undefined : spec.packages.get(rule.package);
  }

  lint(code: FilesCode, offset: number, values: MessageValues = {}): void {
    if (!this.lints.some((lint) => lint.code === code)) this.lints.push({ code, offset, values });
  }

  /** A catalog that the rule may speak of: those of its package, or any at the other levels. */
  catalog(id: string, at: number): Catalog {
    const known = this.package?.catalogs ?? [...this.spec.catalogs.keys()];
    const catalog = known.includes(id) ? this.spec.catalogs.get(id) : undefined;
    if (catalog === undefined) throw unknownName(id, at, known);
    return catalog;
  }

  column(catalog: Catalog, name: string, at: number): TreeOf<'column'> {
    const index = catalog.fields.findIndex((field) => field.name === name);
    const field = catalog.fields[index];
    if (field === undefined) {
      this.unknown ??= unknownName(
        name,
        at,
        catalog.fields.map((each) => each.name),
      );
    }
    const kind = field === undefined ? 'null' : KIND_OF_FIELD[field.type];
    return {
      op: 'column',
      catalog: catalog.id,
      index,
      kind,
      home: catalog.id,
      at,
    };
  }
}

function unknownName(name: string, at: number, known: readonly string[]): RuleRefusal {
  const near = nearest(name, known);
  return new RuleRefusal('RULE_UNKNOWN_COLUMN', at, {
    name,
    hint: near === '' ? 'RULE_HINT_NONE' : 'RULE_HINT_NEAREST',
    nearest: near,
  });
}

/** The catalog for whose rows several trees have a value together. */
export function homeOf(trees: readonly Tree[], at: number): string | undefined {
  const homes = new Set(trees.flatMap(({ home }) => (home === undefined ? [] : [home])));
  if (homes.size > 1) throw new RuleRefusal('RULE_CROSS_CATALOG', at, { catalogs: [...homes].join(', ') });
  const [home] = homes;
  return home;
}
