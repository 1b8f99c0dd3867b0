import type { Catalog } from '../spec/types.ts';
import { Combine, constant } from './combine.ts';
import { pandasCall } from './pandas-calls.ts';
import { refusedName } from './pandas-replacements.ts';
import { type Column, column, commonMask, type Frame, type PandasValue } from './pandas-values.ts';
import { RuleRefusal, replaceable, unsupported } from './refusal.ts';
import { valueTree } from './sage.ts';
import { aggregate } from './sage-aggregates.ts';
import type { Scope } from './scope.ts';
import type { BinarySign, CompareSign, Syntax } from './syntax.ts';
import type { Tree } from './tree.ts';

/** Gives the pandas subset its meaning: frames, columns, filters and methods (contract files §5.2). */
export class Pandas {
  readonly combine: Combine;

  constructor(readonly scope: Scope) {
    this.combine = new Combine(scope);
  }

  value(syntax: Syntax): PandasValue {
    const { at } = syntax;
    switch (syntax.node) {
      case 'value':
        return column(valueTree(syntax));
      case 'name':
        return this.name(syntax.name, at);
      case 'list':
        return { type: 'list', items: syntax.items.map((item) => this.column(item).tree) };
      case 'unary':
        return this.unary(syntax);
      case 'binary':
        return this.binary(syntax);
      case 'compare':
        return this.chain(syntax);
      case 'among':
        return this.among(syntax);
      case 'if':
        return this.choose(syntax);
      case 'attribute':
        return this.attribute(syntax);
      case 'item':
        return this.item(syntax);
      case 'call':
        return pandasCall(this, syntax);
      case 'between':
      case 'isNull':
        throw unsupported(syntax.node, at);
    }
  }

  /** A column or one value; a frame or a list is refused. */
  column(syntax: Syntax): Column {
    const value = this.value(syntax);
    if (value.type !== 'column') throw unsupported(nameOf(syntax), syntax.at, 'RULE_HINT_COLUMN');
    return value;
  }

  private name(name: string, at: number): PandasValue {
    if (name === 'pd') return { type: 'pd' };
    if (name !== 'df') throw unsupported(name, at);
    const { own } = this.scope;
    return own === undefined ? { type: 'package' } : this.frame(own, at);
  }

  private frame(catalog: Catalog, at: number): Frame {
    const columns = catalog.fields.map(({ name }) => this.scope.column(catalog, name, at));
    return { type: 'frame', catalog, columns, mask: undefined };
  }

  private unary({ sign, of, at }: Extract<Syntax, { node: 'unary' }>): Column {
    const { tree, mask } = this.column(of);
    if (sign === '-') return column(this.combine.negate(tree, at), mask);
    if (sign === '+') return column(this.combine.number(tree, sign, at), mask);
    if (sign === 'not' && tree.home !== undefined) this.scope.lint('RULE_AMBIGUOUS_AND', at, { sign });
    return column(this.combine.not(tree, at), mask);
  }

  private binary({ sign, left: first, right: second, at }: Extract<Syntax, { node: 'binary' }>): Column {
    const [left, right] = [this.column(first), this.column(second)];
    if (sign !== 'and' && sign !== 'or') {
      return column(this.operate(sign, left.tree, right.tree, at), commonMask([left, right], at));
    }
    const tree = this.combine.logic(sign, left, right, at);
    return column(tree, tree.home === undefined ? undefined : commonMask([left, right], at));
  }

  private operate(sign: Exclude<BinarySign, 'and' | 'or'>, left: Tree, right: Tree, at: number): Tree {
    if (sign === '&') return this.combine.join('and', left, right, at);
    if (sign === '|') return this.combine.join('or', left, right, at);
    if (sign === '^') return this.combine.join('xor', left, right, at);
    return this.combine.arithmetic(sign, left, right, at);
  }

  private chain({ first, rest, at }: Extract<Syntax, { node: 'compare' }>): Column {
    let left = this.column(first);
    let result: Column | undefined;
    for (const comparison of rest) {
      const right = this.column(comparison.right);
      const compared = this.compared(comparison.sign, left, right, comparison.at);
      if (rest.length > 1 && compared.tree.home !== undefined) {
        throw replaceable(comparison.sign, comparison.at, '.between(…, …)');
      }
      result =
        result === undefined ? compared : column(this.combine.join('and', result.tree, compared.tree, at));
      left = right;
    }
    return result ?? left;
  }

  private compared(sign: CompareSign, left: Column, right: Column, at: number): Column {
    return column(this.combine.compare(sign, left.tree, right.tree, at), commonMask([left, right], at));
  }

  private among({ of, list, isNegated, at }: Extract<Syntax, { node: 'among' }>): Column {
    const [left, right] = [this.column(of), this.value(list)];
    if (right.type !== 'list' || left.tree.home !== undefined) throw replaceable('in', at, '.isin([…])');
    const tree = this.combine.among(left.tree, right.items, at);
    return column(isNegated ? this.combine.not(tree, at) : tree);
  }

  private choose(syntax: Extract<Syntax, { node: 'if' }>): Column {
    const parts = [syntax.test, syntax.then, syntax.otherwise].map((part) => this.column(part));
    const [test, then, otherwise] = parts;
    if (test === undefined || then === undefined || otherwise === undefined)
      throw unsupported('if', syntax.at);
    const tree = this.combine.choose(test.tree, then.tree, otherwise.tree, syntax.at);
    return column(tree, commonMask(parts, syntax.at));
  }

  private attribute({ of, name, at }: Extract<Syntax, { node: 'attribute' }>): PandasValue {
    const value = this.value(of);
    if (value.type === 'frame') {
      if (name === 'shape' || name === 'columns') return { type: name, of: value };
      if (name === 'empty') return this.isEmpty(value.catalog.id, value.mask, at);
    }
    if (value.type === 'column' && value.tree.home !== undefined) {
      if (name === 'str') return { type: 'str', of: value };
      if (name === 'empty') return this.isEmpty(value.tree.home, value.mask, at);
      if (name === 'is_unique') {
        const { tree, mask } = value;
        return column(aggregate('uniqueWithNulls', [tree], [], value.tree.home, 'bool', at, mask));
      }
    }
    throw refusedName(name, at);
  }

  private isEmpty(catalog: string, mask: Tree | undefined, at: number): Column {
    const rows = aggregate('rows', [], [], catalog, 'int', at, mask);
    return column(this.combine.compare('==', rows, constant(0, 'int', at), at));
  }

  private item({ of, index, at }: Extract<Syntax, { node: 'item' }>): PandasValue {
    const value = this.value(of);
    if (value.type === 'package') return this.frame(this.scope.catalog(this.text(index), index.at), at);
    if (value.type === 'shape' && value.of.type === 'frame') return this.shape(value.of, index);
    if (value.type === 'frame') return this.pick(value, index);
    if (value.type !== 'column' || value.tree.home === undefined) throw unsupported('[', at);
    return column(value.tree, this.filter(value.tree.home, value.mask, this.column(index), at));
  }

  private shape({ catalog, columns, mask }: Frame, index: Syntax): Column {
    const place = index.node === 'value' ? index.value : undefined;
    if (place === 1) return column(constant(columns.length, 'int', index.at));
    if (place !== 0) throw unsupported('.shape[…]', index.at);
    return column(aggregate('rows', [], [], catalog.id, 'int', index.at, mask));
  }

  private pick(frame: Frame, index: Syntax): PandasValue {
    if (index.node === 'value') return column(this.columnOf(frame, index), frame.mask);
    if (index.node === 'list') {
      return { ...frame, columns: index.items.map((item) => this.columnOf(frame, item)) };
    }
    return { ...frame, mask: this.filter(frame.catalog.id, frame.mask, this.column(index), index.at) };
  }

  private columnOf({ catalog, columns }: Frame, name: Syntax): Tree {
    const found = this.scope.column(catalog, this.text(name), name.at);
    const isThere = columns.some((each) => each.op === 'column' && each.index === found.index);
    if (!isThere && found.index >= 0) throw unsupported(this.text(name), name.at, 'RULE_HINT_COLUMN');
    return found;
  }

  private filter(catalog: string, before: Tree | undefined, { tree, mask }: Column, at: number): Tree {
    if (tree.kind !== 'bool') throw unsupported('df[…]', at, 'RULE_HINT_MASKS');
    if (tree.home !== undefined && tree.home !== catalog) {
      throw new RuleRefusal('RULE_CROSS_CATALOG', at, { catalogs: `${catalog}, ${tree.home}` });
    }
    const given = [before, mask, tree].filter((each) => each !== undefined);
    return given.reduce((left, right) => this.combine.join('and', left, right, at));
  }

  private text(syntax: Syntax): string {
    if (syntax.node === 'value' && typeof syntax.value === 'string') return syntax.value;
    throw unsupported('df[…]', syntax.at, 'RULE_HINT_COLUMN');
  }
}

const nameOf = (syntax: Syntax): string => (syntax.node === 'name' ? syntax.name : `(${syntax.node})`);
