import { Combine, constant } from './combine.ts';
import { replaceable, unsupported } from './refusal.ts';
import { sageCall } from './sage-functions.ts';
import type { Scope } from './scope.ts';
import type { BinarySign, CompareSign, Syntax } from './syntax.ts';
import type { Tree } from './tree.ts';

/** Gives the sage dialect its meaning: names, types and functions (contract files §5.2). */
export class Sage {
  readonly combine: Combine;

  constructor(readonly scope: Scope) {
    this.combine = new Combine(scope);
  }

  tree(syntax: Syntax): Tree {
    const { at } = syntax;
    switch (syntax.node) {
      case 'value':
        return valueTree(syntax);
      case 'name':
        return this.name(syntax.name, at);
      case 'attribute':
        return this.attribute(syntax);
      case 'unary':
        return this.unary(syntax);
      case 'binary':
        return this.binary(syntax.sign, this.tree(syntax.left), this.tree(syntax.right), at);
      case 'compare':
        return this.chain(syntax);
      case 'among':
        return this.among(syntax);
      case 'between':
        return this.combine.between(this.tree(syntax.of), this.tree(syntax.low), this.tree(syntax.high), at);
      case 'isNull':
        return this.combine.isNull(this.tree(syntax.of), at);
      case 'if':
        return this.combine.choose(
          this.tree(syntax.test),
          this.tree(syntax.then),
          this.tree(syntax.otherwise),
          at,
        );
      case 'call':
        return sageCall(this, syntax);
      case 'list':
        throw unsupported('(… , …)', at, 'RULE_HINT_LIST');
      case 'item':
        throw unsupported('[', at);
    }
  }

  /** One column or several in parentheses. */
  columns(syntax: Syntax): readonly Tree[] {
    return syntax.node === 'list' ? syntax.items.map((item) => this.tree(item)) : [this.tree(syntax)];
  }

  private name(name: string, at: number): Tree {
    const { own } = this.scope;
    if (own !== undefined) {
      if (name === 'today' && !own.fields.some((field) => field.name === name)) return this.today(at);
      return this.scope.column(own, name, at);
    }
    if (name === 'today') return this.today(at);
    const ids = this.scope.package?.catalogs ?? [];
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      return this.scope.column(this.scope.catalog(only, at), name, at);
    }
    throw replaceable(name, at, `${ids.find((id) => this.has(id, name)) ?? ids[0] ?? 'catalog'}.${name}`);
  }

  private has(id: string, name: string): boolean {
    return this.scope.spec.catalogs.get(id)?.fields.some((field) => field.name === name) ?? false;
  }

  today(at: number): Tree {
    return { op: 'constant', value: this.scope.today, isToday: true, kind: 'date', home: undefined, at };
  }

  private attribute(syntax: Extract<Syntax, { node: 'attribute' }>): Tree {
    if (syntax.of.node !== 'name') throw unsupported(`.${syntax.name}`, syntax.at);
    return this.scope.column(this.scope.catalog(syntax.of.name, syntax.of.at), syntax.name, syntax.at);
  }

  private unary({ sign, of, at }: Extract<Syntax, { node: 'unary' }>): Tree {
    const tree = this.tree(of);
    if (sign === 'not') return this.combine.not(tree, at);
    if (sign === '-') return this.combine.negate(tree, at);
    return this.combine.number(tree, sign, at);
  }

  private binary(sign: BinarySign, left: Tree, right: Tree, at: number): Tree {
    if (sign === 'and' || sign === 'or') return this.combine.logic(sign, { tree: left }, { tree: right }, at);
    if (sign === '&' || sign === '|' || sign === '^') throw unsupported(sign, at);
    return this.combine.arithmetic(sign, left, right, at);
  }

  private chain({ first, rest }: Extract<Syntax, { node: 'compare' }>): Tree {
    const [comparison, more] = rest;
    if (comparison === undefined) return this.tree(first);
    if (more !== undefined) throw unsupported(more.sign, more.at, 'RULE_HINT_CHAIN');
    return this.compare(comparison.sign, first, comparison.right, comparison.at);
  }

  private compare(sign: CompareSign, first: Syntax, second: Syntax, at: number): Tree {
    const [left, right] = [this.tree(first), this.tree(second)];
    if (!isNullValue(left) && !isNullValue(right)) return this.combine.compare(sign, left, right, at);
    throw replaceable(`${sign} null`, at, sign === '!=' ? 'is not null' : 'is null');
  }

  private among({ of, list, isNegated, at }: Extract<Syntax, { node: 'among' }>): Tree {
    const items = list.node === 'list' ? list.items : [list];
    if (list.node !== 'list' && list.isEnclosed !== true) throw unsupported('in', at, 'RULE_HINT_LIST');
    const tree = this.combine.among(
      this.tree(of),
      items.map((item) => this.tree(item)),
      at,
    );
    return isNegated ? this.combine.not(tree, at) : tree;
  }
}

const isNullValue = (tree: Tree): boolean => tree.op === 'constant' && tree.value === null;

export function valueTree({ value, isWhole, at }: Extract<Syntax, { node: 'value' }>): Tree {
  if (value === null) return constant(null, 'null', at);
  if (typeof value === 'string') return constant(value, 'text', at);
  if (typeof value === 'boolean') return constant(value, 'bool', at);
  return constant(value, isWhole ? 'int' : 'num', at);
}
