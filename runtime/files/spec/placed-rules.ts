import type { DocumentShape, RuleShape } from './shape.ts';
import type { Path } from './tree.ts';

/** Rules with the paths of their objects. */
export type PlacedRules = readonly (readonly [RuleShape, Path])[];

export function placedRules({ catalogs, packages }: DocumentShape): PlacedRules {
  const within = (rules: readonly RuleShape[] | undefined, path: Path) =>
    (rules ?? []).map((rule, index) => [rule, [...path, index]] as const);
  return [
    ...[...catalogs].flatMap(([id, catalog]) => [
      ...catalog.fields.flatMap(({ validation_rules: rules }, index) =>
        within(rules, ['catalogs', id, 'fields', index, 'validation_rules']),
      ),
      ...within(catalog.row_validation, ['catalogs', id, 'row_validation']),
      ...within(catalog.catalog_validation, ['catalogs', id, 'catalog_validation']),
    ]),
    ...[...packages].flatMap(([id, each]) =>
      within(each.package_validation, ['packages', id, 'package_validation']),
    ),
  ];
}
