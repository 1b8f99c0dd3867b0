import type { Position, Rule, Spec } from '../spec/types.ts';

/**
 * Where a place of an expression stands in the document: exact for plain texts and for block texts (`|`), close for
 * folded and quoted ones.
 */
export function positionOf({ expression, at }: Rule, offset: number): Position {
  const before = expression.slice(0, offset);
  const lines = before.split('\n');
  const last = lines.at(-1) ?? '';
  return { line: at.line + lines.length - 1, column: at.column + last.length };
}

/** The path of a rule's expression in the document, as `catalogs.pedidos.row_validation[0].rule`. */
export function pathOf(rule: Rule, { catalogs, packages }: Spec): string {
  for (const { id, fields, rowRules, catalogRules } of catalogs.values()) {
    for (const [index, field] of fields.entries()) {
      const place = field.rules.indexOf(rule);
      if (place >= 0) return `catalogs.${id}.fields[${index}].validation_rules[${place}].rule`;
    }
    const place = rowRules.indexOf(rule);
    if (place >= 0) return `catalogs.${id}.row_validation[${place}].rule`;
    const other = catalogRules.indexOf(rule);
    if (other >= 0) return `catalogs.${id}.catalog_validation[${other}].rule`;
  }
  for (const { id, rules } of packages.values()) {
    const place = rules.indexOf(rule);
    if (place >= 0) return `packages.${id}.package_validation[${place}].rule`;
  }
  return '';
}
