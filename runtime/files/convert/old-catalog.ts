import type { Reading } from '../spec/tree.ts';
import { defined, type OldMap } from './old-node.ts';

/** A `catalog:` of the older dialect as one of today (contract files §4.1). */

export interface OldCatalog {
  readonly id: string;
  readonly filename: string;
  readonly type: string;
  readonly catalog: object;
}

export function convertCatalog(old: OldMap, id: string, reading: Reading): OldCatalog {
  const name = old.text('name') ?? id;
  const format = convertFormat(old, reading);
  const filename = filenameOf(old, id, format.type, reading);
  const catalog = defined({
    name,
    description: old.text('description') ?? name,
    filename,
    file_format: format.value,
    fields: old.list('fields', 'columns').map((field) => convertField(field, reading)),
    row_validation: convertRules(old, ['row_validation', 'row_validations'], `${name} fila`, reading),
    catalog_validation: convertRules(old, ['catalog_validation', 'catalog_validations'], name, reading),
  });
  old.reportUnused(reading);
  return { id, filename, type: format.type, catalog };
}

function convertFormat(old: OldMap, reading: Reading): { readonly type: string; readonly value: object } {
  const format = old.map('file_format', 'format');
  const type = (format.text('type') ?? old.text('file_type') ?? 'CSV').toUpperCase();
  const delimiter = format.text('delimiter', 'separator') ?? old.text('delimiter', 'separator');
  const value = defined({
    type,
    delimiter: delimiter ?? (type === 'CSV' ? '|' : undefined),
    header: format.value('header') ?? old.value('header'),
    encoding: format.text('encoding') ?? old.text('encoding'),
    sheet: format.value('sheet') ?? old.value('sheet'),
  });
  format.reportUnused(reading);
  return { type, value };
}

/** A pattern cannot be kept: the name is made of the id and somebody looks at it. */
function filenameOf(old: OldMap, id: string, type: string, reading: Reading): string {
  const name = old.text('filename', 'file_name');
  const pattern = old.node('filename_pattern', 'pattern');
  if (name !== undefined) return name;
  const filename = `${id}.${type === 'EXCEL' ? 'xlsx' : 'csv'}`;
  if (pattern) {
    const shown = pattern.node.kind === 'scalar' ? pattern.node.source.slice(0, 100) : '';
    reading.report('CONVERT_PATTERN', pattern.path, { pattern: shown, filename }, 'warning');
  }
  return filename;
}

const TYPES: Readonly<Record<string, string>> = { text: 'texto', date: 'fecha', boolean: 'booleano' };

function convertField(old: OldMap, reading: Reading): object {
  const given = old.text('type')?.toLowerCase();
  const decimals = old.value('decimals');
  const type =
    given === 'number' ? (decimals === 0 ? 'entero' : 'decimal') : (given && TYPES[given]) || given;
  const name = old.text('name') ?? '';
  // The length of a number counts digits, which no check of today does.
  const length = type === 'texto' ? old.value('length', 'max_length') : undefined;
  const single = convertRule(old, name);
  const rules = convertRules(old, ['validation_rules', 'validations'], name, reading) ?? [];
  const all = single ? [single, ...rules] : rules;
  const field = defined({
    name,
    type,
    required: old.value('required'),
    unique: old.value('unique'),
    description: old.text('description'),
    default: old.value('default'),
    options: old.value('options', 'values'),
    max_length: length,
    scale: type === 'decimal' ? decimals : undefined,
    validation_rules: all.length > 0 ? all : undefined,
  });
  old.reportUnused(reading);
  return field;
}

/** Rules below a key, or undefined where there are none. */
export function convertRules(
  old: OldMap,
  keys: readonly string[],
  owner: string,
  reading: Reading,
): readonly object[] | undefined {
  const rules = old.list(...keys).map((rule, index) => {
    const name = rule.text('name') ?? `${owner} ${index + 1}`;
    const description = rule.text('description');
    const converted = convertRule(rule, name) ?? { name, description: description ?? name, rule: '' };
    rule.reportUnused(reading);
    return converted;
  });
  return rules.length > 0 ? rules : undefined;
}

/** The expression of a rule, or of a field that has one itself; undefined: none. */
function convertRule(old: OldMap, name: string): object | undefined {
  const rule = old.text('validation_expression', 'expression', 'rule');
  if (rule === undefined) return undefined;
  const message = old.text('message') ?? old.text('description') ?? name;
  return defined({ name, description: message, rule, severity: old.text('severity')?.toLowerCase() });
}
