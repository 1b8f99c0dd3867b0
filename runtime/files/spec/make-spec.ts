import { fieldValue } from './field-values.ts';
import { placedRules } from './placed-rules.ts';
import type {
  CatalogShape,
  DocumentShape,
  FieldShape,
  FormatShape,
  PackageShape,
  RuleShape,
} from './shape.ts';
import type { ScalarNode } from './tree.ts';
import type {
  Catalog,
  Field,
  FieldType,
  FileFormat,
  Package,
  Rule,
  RuleLanguage,
  Spec,
  Value,
} from './types.ts';

/** Makes the specification of what was read; values that do not fit are left out, the checks told of them. */

type Place = Pick<Rule, 'level' | 'catalog' | 'field' | 'package'>;
const NOWHERE = { catalog: undefined, field: undefined, package: undefined };

export function makeSpec(document: DocumentShape): Spec {
  const { sage_yaml: head, catalogs, packages } = document;
  const { name, description, version, author, comments, rule_language: ruleLanguage } = head;
  const make = new RuleMaker(
    ruleLanguage,
    placedRules(document).map(([rule]) => rule),
  );
  return {
    name,
    description,
    version,
    author,
    comments,
    ruleLanguage,
    catalogs: new Map([...catalogs].map(([id, catalog]) => [id, makeCatalog(id, catalog, make)])),
    packages: new Map([...packages].map(([id, each]) => [id, makePackage(id, each, make)])),
  };
}

/** Gives each rule an id that no other has. */
class RuleMaker {
  readonly #taken: Set<string>;

  constructor(
    readonly language: RuleLanguage,
    rules: readonly RuleShape[],
  ) {
    this.#taken = new Set(rules.flatMap(({ id }) => id ?? []));
  }

  rules(list: readonly RuleShape[] | undefined, prefix: string, place: Place): readonly Rule[] {
    return (list ?? []).map((rule, index) => this.#rule(rule, `${prefix}.${index + 1}`, place));
  }

  #rule(rule: RuleShape, placeId: string, place: Place): Rule {
    let id = rule.id ?? placeId;
    while (rule.id === undefined && this.#taken.has(id)) id += '_';
    this.#taken.add(id);
    return {
      id,
      name: rule.name,
      description: rule.description,
      expression: rule.rule.text,
      severity: rule.severity,
      language: rule.language ?? this.language,
      mostly: rule.mostly,
      onNull: rule.on_null,
      isActive: rule.active,
      maxDetails: rule.max_details,
      ...place,
      at: rule.rule.at,
    };
  }
}

function makeCatalog(id: string, shape: CatalogShape, make: RuleMaker): Catalog {
  const { name, description, filename, file_format: format, fields } = shape;
  const place = { ...NOWHERE, catalog: id };
  return {
    id,
    name,
    description,
    filename,
    format: makeFormat(format),
    fields: fields.map((field) => makeField(id, field, make)),
    rowRules: make.rules(shape.row_validation, `${id}.row_validation`, { ...place, level: 'row' }),
    catalogRules: make.rules(shape.catalog_validation, `${id}.catalog_validation`, {
      ...place,
      level: 'catalog',
    }),
    uniqueTogether: shape.unique_together,
    isOptional: shape.optional,
  };
}

const makePackage = (id: string, shape: PackageShape, make: RuleMaker): Package => ({
  id,
  name: shape.name,
  description: shape.description,
  type: shape.file_format.type,
  catalogs: shape.catalogs,
  rules: make.rules(shape.package_validation, `${id}.package_validation`, {
    ...NOWHERE,
    level: 'package',
    package: id,
  }),
});

const makeFormat = (shape: FormatShape): FileFormat => ({
  type: shape.type,
  delimiter: shape.delimiter ?? ',',
  header: shape.header,
  encoding: shape.encoding,
  quote: shape.quote,
  // The quote itself as escape is what doubling it means.
  escape: shape.escape === shape.quote ? undefined : shape.escape,
  comment: shape.comment,
  decimal: shape.decimal,
  thousands: shape.thousands,
  nullValues: shape.null_values,
  trim: shape.trim,
  skipRows: shape.skip_rows,
  sheet: shape.sheet,
  dateFormats: shape.date_formats.filter((format) => format !== 'ISO'),
  compression: shape.compression,
});

/** The type by which values are understood. */
export const typeOf = ({ type }: Pick<FieldShape, 'type'>): FieldType => (type === 'select' ? 'texto' : type);

function makeField(catalog: string, shape: FieldShape, make: RuleMaker): Field {
  const type = typeOf(shape);
  const typed = (node: ScalarNode | undefined): Value | undefined => node && fieldValue(type, node);
  const bound = (node: ScalarNode | undefined): number | bigint | undefined => {
    const value = typed(node);
    return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
  };
  return {
    name: shape.name,
    type,
    isRequired: shape.required,
    isUnique: shape.unique,
    isSensitive: shape.sensitive,
    description: shape.description,
    default: typed(shape.default),
    options: shape.options?.map(typed).filter((value) => value !== undefined),
    min: bound(shape.min),
    max: bound(shape.max),
    minLength: shape.min_length,
    maxLength: shape.max_length,
    pattern: shape.pattern,
    scale: shape.scale,
    format: shape.format,
    rules: make.rules(shape.validation_rules, `${catalog}.${shape.name}`, {
      ...NOWHERE,
      level: 'field',
      catalog,
      field: shape.name,
    }),
  };
}
