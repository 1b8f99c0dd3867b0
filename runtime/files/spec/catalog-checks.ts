import { checkDatePattern, checkField } from './field-checks.ts';
import { nearest } from './nearest.ts';
import type { CatalogShape, DocumentShape, FormatShape } from './shape.ts';
import type { Path, Reading } from './tree.ts';
import { shown } from './wording.ts';

/** Checks of one data file: its name, its format, its columns among each other. */

export function checkCatalogs({ catalogs }: DocumentShape, reading: Reading): void {
  for (const [id, catalog] of catalogs) {
    const path = ['catalogs', id];
    checkId(id, path, reading);
    checkFilename(catalog.filename, [...path, 'filename'], reading);
    checkFormat(catalog.file_format, [...path, 'file_format'], reading);
    checkNames(catalog, [...path, 'fields'], reading);
    for (const [index, field] of catalog.fields.entries())
      checkField(field, [...path, 'fields', index], reading);
    checkKeys(catalog, [...path, 'unique_together'], reading);
  }
}

/** Ids become names of output files. */
export function checkId(id: string, path: Path, reading: Reading): void {
  const isName = id.trim() === id && id.length <= 100 && !/[\\/:\p{Cc}]|^\.{0,2}$/u.test(id);
  if (!isName) reading.report('SPEC_ID', path, { id: shown(id) });
  else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(id))
    reading.report('SPEC_ID_UNSAFE', path, { id: shown(id) }, 'warning');
}

function checkFilename(filename: string, path: Path, reading: Reading): void {
  const isBare = !/[\\/]|^[A-Za-z]:|^\.{1,2}$/.test(filename) && Buffer.byteLength(filename) <= 255;
  if (!isBare) reading.report('SPEC_FILENAME', path, { value: shown(filename) });
}

function checkFormat(format: FormatShape, path: Path, reading: Reading): void {
  if (format.type === 'CSV' && format.delimiter === undefined)
    reading.report('SPEC_DELIMITER_MISSING', [...path, 'delimiter']);
  for (const [index, pattern] of format.date_formats.entries())
    checkDatePattern(pattern, [...path, 'date_formats', index], reading);
  const different = [
    ['quote', 'delimiter'],
    ['escape', 'delimiter'],
    ['comment', 'delimiter'],
    ['comment', 'quote'],
    ['thousands', 'decimal'],
  ] as const;
  for (const [key, other] of different) {
    const value = format[key];
    if (value !== undefined && value !== '' && value === format[other])
      reading.report('SPEC_SAME_CHARACTER', [...path, key], { key, other });
  }
}

/** Names are columns: two alike could not be told apart. Those that differ in case alone are told apart with care. */
function checkNames({ fields }: CatalogShape, path: Path, reading: Reading): void {
  const all = new Set(fields.map(({ name }) => name));
  const seen = new Set<string>();
  const folded = new Map<string, string>();
  for (const [index, { name }] of fields.entries()) {
    if (name === '') continue;
    const namePath = [...path, index, 'name'];
    const alike = folded.get(name.toLowerCase());
    if (seen.has(name))
      reading.report('SPEC_DUPLICATE_FIELD', namePath, { name: shown(name), free: freeName(name, all) });
    else if (alike !== undefined)
      reading.report('SPEC_NAME_ALIKE', namePath, { name, alike, free: freeName(name, all) }, 'warning');
    seen.add(name);
    folded.set(name.toLowerCase(), name);
  }
}

/** `total` as `total_2`, which no other column is called. */
function freeName(name: string, taken: Set<string>): string {
  let number = 2;
  while (taken.has(`${name}_${number}`)) number += 1;
  taken.add(`${name}_${number}`);
  return `${name}_${number}`;
}

function checkKeys({ fields, unique_together: keys }: CatalogShape, path: Path, reading: Reading): void {
  const known = fields.map(({ name }) => name);
  for (const [index, key] of keys.entries())
    for (const [column, name] of key.entries())
      if (name !== '' && !known.includes(name))
        reading.report('SPEC_UNKNOWN_FIELD', [...path, index, column], {
          name: shown(name),
          nearest: nearest(name, known),
        });
}
