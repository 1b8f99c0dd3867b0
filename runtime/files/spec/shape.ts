import { RULE_LIMITS } from '../rules/limits.ts';
import type { Kind } from './kinds.ts';
import { anyScalar, flag, list, looseText, mapOf, number, oneOf, placedText, text, words } from './kinds.ts';
import { object, optional, type Read, required } from './object-kind.ts';
import { character, fieldType, sheet } from './special-kinds.ts';
import {
  COMPRESSIONS,
  ENCODINGS,
  FILE_TYPES,
  PACKAGE_TYPES,
  RULE_LANGUAGES,
  SEVERITIES,
  TRIMS,
} from './types.ts';

/** The one description of the document: what is read, what is told and spec.schema.json all come from here. */

const NAME = text(200);
/** Long enough for a paragraph. */
const PROSE = text(4_000);
const MAX_CELL = 32_767;

const RULE_SHAPE = {
  name: required(NAME, 'What the rule is called in reports.'),
  description: required(PROSE, 'What the user is told where the rule fails.'),
  rule: required(placedText(65_536), 'The expression, in the pandas subset or the sage dialect.'),
  severity: optional(
    oneOf(SEVERITIES, { anyCase: true }),
    'error, warning or message. Default error.',
    'error',
  ),
  id: optional(NAME, 'Stable name of the rule in results; unique in the document. Default: its place.'),
  language: optional(oneOf(RULE_LANGUAGES), 'Dialect of this rule. Default: rule_language of the document.'),
  mostly: optional(number(0, 1), 'Share of rows, 0 to 1, that must pass. Default 1.', 1),
  on_null: optional(oneOf(['fail', 'pass']), 'What becomes of a row whose result is unknown.'),
  active: optional(flag, 'false: the rule is checked, but not run. Default true.', true),
  max_details: optional(
    number(0, 1_000_000, { isWhole: true }),
    'Most failures shown one by one. Default 10 where the file has more than 30 rows.',
  ),
};

const FORMAT_SHAPE = {
  type: required(oneOf(FILE_TYPES, { anyCase: true }), 'CSV or EXCEL.'),
  delimiter: optional(
    character('SPEC_DELIMITER'),
    'One character between cells; "\\t" is a tab. Required for CSV.',
  ),
  header: optional(flag, 'Whether the first row names the columns. Default false.', false),
  encoding: optional(oneOf(ENCODINGS, { anyCase: true }), 'Default auto.', 'auto'),
  quote: optional(
    character('SPEC_CHARACTER', { mayBeEmpty: true }),
    'Default ". Empty: nothing is quoted.',
    '"',
  ),
  escape: optional(
    character('SPEC_CHARACTER'),
    'Takes the next character literally. Default: a quote is doubled.',
  ),
  comment: optional(character('SPEC_CHARACTER'), 'Begins a line that is not read. Default: none.'),
  decimal: optional(character('SPEC_SEPARATOR'), 'Decimal separator. Default a point.', '.'),
  thousands: optional(character('SPEC_SEPARATOR'), 'Thousands separator. Default: none.'),
  null_values: optional(list(words), 'Texts that stand for no value. Default: the empty text.', ['']),
  trim: optional(oneOf(TRIMS), 'Which blanks around cells are dropped. Default none.', 'none'),
  skip_rows: optional(
    number(0, 1_000_000, { isWhole: true }),
    'Lines before the header or the first row. Default 0.',
    0,
  ),
  sheet: optional(sheet, 'Name, or number from 1, of the sheet. Default: the first.'),
  date_formats: optional(list(text(40)), 'Date patterns as dd/MM/yyyy, beside ISO 8601.', []),
  compression: optional(oneOf(COMPRESSIONS), 'Default auto: gzip is recognised.', 'auto'),
};

/** Where a key of the file's format belongs that stands elsewhere; `type` means something of its own there. */
const belongsIn = (key: string): string | undefined =>
  Object.hasOwn(FORMAT_SHAPE, key) && key !== 'type' ? 'catalogs.<id>.file_format' : undefined;

const defined = <T>(name: string, kind: Kind<T>): Kind<T> => ({
  ...kind,
  schema: { $ref: `#/$defs/${name}` },
});

const RULE = object(RULE_SHAPE, { belongsIn });
const RULES = list(defined('rule', RULE));

const FIELD = object(
  {
    name: required(NAME, 'The column.'),
    type: required(fieldType, 'texto, decimal, entero, fecha or booleano.'),
    required: optional(flag, 'Whether each row must have a value. Default false.', false),
    unique: optional(flag, 'Whether no value may come twice. Default false.', false),
    sensitive: optional(flag, 'Whether values are masked in reports. Default false.', false),
    description: optional(looseText(4_000), 'What the column means.', ''),
    default: optional(anyScalar, 'Value of an empty cell.'),
    options: optional(list(anyScalar, 1), 'The only values allowed.'),
    min: optional(anyScalar, 'Least value, inclusive, of a number or a date.'),
    max: optional(anyScalar, 'Greatest value, inclusive, of a number or a date.'),
    min_length: optional(number(0, MAX_CELL, { isWhole: true }), 'Fewest characters of a text.'),
    max_length: optional(number(1, MAX_CELL, { isWhole: true }), 'Most characters of a text.'),
    pattern: optional(text(RULE_LIMITS.patternLength), 'RE2 pattern that the whole text matches.'),
    scale: optional(number(0, 30, { isWhole: true }), 'Most decimal places of a number.'),
    format: optional(text(40), 'Date pattern of this column alone.'),
    validation_rules: optional(RULES, 'Rules about this column.'),
  },
  { belongsIn },
);

const CATALOG = object(
  {
    name: required(NAME, 'What the file is called in reports.'),
    description: required(PROSE, 'What the file holds.'),
    filename: required(text(255), 'Name of the data file, without folders.'),
    file_format: required(defined('file_format', object(FORMAT_SHAPE)), 'How the file is written.'),
    fields: required(list(defined('field', FIELD), 1), 'The columns, in the order of a file without header.'),
    row_validation: optional(RULES, 'Rules that see one row at a time.'),
    catalog_validation: optional(RULES, 'Rules that see the whole file.'),
    unique_together: optional(
      list(list(NAME, 1)),
      'Lists of columns whose values together come only once.',
      [],
    ),
    optional: optional(flag, 'Whether the file may be absent from its package. Default false.', false),
  },
  { belongsIn },
);

const PACKAGE = object(
  {
    name: required(NAME, 'What the delivery is called in reports.'),
    description: required(PROSE, 'What the delivery holds.'),
    file_format: required(
      object(
        { type: required(oneOf(PACKAGE_TYPES, { anyCase: true }), 'ZIP, CSV or EXCEL.') },
        { areIgnored: true },
      ),
      'How the files are delivered.',
    ),
    catalogs: required(list(NAME, 1), 'Ids of the catalogs that are delivered together.'),
    package_validation: optional(RULES, 'Rules between the files of the delivery.'),
  },
  { belongsIn },
);

const HEAD = object(
  {
    name: required(NAME, 'What the specification is called.'),
    description: required(PROSE, 'What it is for.'),
    version: required(text(100, { mayBeNumber: true }), 'Your own version of this document.'),
    author: required(NAME, 'Who answers for it.'),
    comments: optional(looseText(65_536), 'Anything else.', ''),
    rule_language: optional(oneOf(RULE_LANGUAGES), 'Dialect of the rules. Default auto.', 'auto'),
    spec: optional(number(1, 1, { isWhole: true }), 'Version of this format. Only 1 exists.', 1),
  },
  { belongsIn },
);

export const DOCUMENT = object(
  {
    sage_yaml: required(HEAD, 'The document itself.'),
    catalogs: required(mapOf(CATALOG, 1), 'The data files, by id.'),
    packages: required(mapOf(PACKAGE), 'What is delivered together, by id.'),
  },
  { belongsIn },
);

type Of<K> = K extends Kind<infer T> ? T : never;
export type DocumentShape = Of<typeof DOCUMENT>;
export type CatalogShape = Of<typeof CATALOG>;
export type FieldShape = Of<typeof FIELD>;
export type FormatShape = Read<typeof FORMAT_SHAPE>;
export type PackageShape = Of<typeof PACKAGE>;
export type RuleShape = Read<typeof RULE_SHAPE>;

/** JSON Schema of the document, for editors (contract files §4.1). */
export const specJsonSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'hookline files specification',
  ...DOCUMENT.schema,
  $defs: { rule: RULE.schema, file_format: object(FORMAT_SHAPE).schema, field: FIELD.schema },
});
