import type { FilesCode } from '../messages.ts';
import type { Field, FieldType, FileFormat, MessageValues } from '../spec/types.ts';
import type { Check } from './faults.ts';

const TYPE_CODES = {
  texto: 'TYPE_DECIMAL',
  entero: 'TYPE_INTEGER',
  decimal: 'TYPE_DECIMAL',
  fecha: 'TYPE_DATE',
  booleano: 'TYPE_BOOLEAN',
} as const satisfies Readonly<Record<FieldType, FilesCode>>;

const LONGEST_LIST = 200;

/** The built-in checks of a field, each with what its message is filled with (contract files §4.4). */
export function fieldChecks(field: Field, index: number, format: FileFormat) {
  const check = (code: FilesCode, values: MessageValues = {}): Check => ({
    code,
    severity: 'error',
    fields: [index],
    values: { field: field.name, ...values },
    rule: undefined,
  });
  const expected = (value: unknown): MessageValues => ({ expected: String(value ?? '') });
  return {
    required: check('REQUIRED_MISSING'),
    type: check(TYPE_CODES[field.type], {
      decimal: format.decimal ?? '.',
      example: `12${format.decimal ?? '.'}5`,
      expected: field.format ?? [...(format.dateFormats ?? []), 'AAAA-MM-DD'].join(', '),
    }),
    options: check('OPTION_INVALID', expected(optionList(field))),
    min: check('VALUE_TOO_SMALL', expected(shown(field, field.min))),
    max: check('VALUE_TOO_LARGE', expected(shown(field, field.max))),
    minLength: check('TEXT_TOO_SHORT', expected(field.minLength)),
    maxLength: check('TEXT_TOO_LONG', expected(field.maxLength)),
    pattern: check('PATTERN_MISMATCH', expected(field.pattern)),
    scale: check('SCALE_EXCEEDED', expected(field.scale)),
    unique: check('UNIQUE_DUPLICATE'),
  };
}

function optionList({ options = [] }: Field): string {
  const list = options.map((option) => String(option)).join(', ');
  return list.length > LONGEST_LIST ? `${list.slice(0, LONGEST_LIST)}…` : list;
}

/** A bound as the user writes it. */
function shown({ type }: Field, bound: number | bigint | undefined): string {
  if (bound === undefined) return '';
  return type === 'fecha' ? new Date(Number(bound)).toISOString().slice(0, 10) : String(bound);
}
