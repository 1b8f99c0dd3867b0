import type { FilesCode } from '../messages.ts';
import { type Kind, oneOf, refuse, scalar } from './kinds.ts';
import { FIELD_TYPES, type FieldType } from './types.ts';

/** Kinds that only specifications have. */

/** One character (one UTF-16 unit); `\t` in plain text or single quotes is a tab as well. */
export const character = (
  code: Extract<FilesCode, 'SPEC_DELIMITER' | 'SPEC_CHARACTER' | 'SPEC_SEPARATOR'>,
  { mayBeEmpty = false } = {},
): Kind<string> =>
  scalar({
    fallback: '',
    otherwise: code,
    schema: { type: 'string', pattern: mayBeEmpty ? '^(|[^\\n\\r\\0]|\\\\t)$' : '^([^\\n\\r\\0]|\\\\t)$' },
    pick: ({ value }) => {
      if (value === '' && mayBeEmpty) return '';
      if (value === '\\t') return '\t';
      const isRight =
        typeof value === 'string' && value.length === 1 && !/[\r\n\0\ud800-\udfff\ufeff]/.test(value);
      return isRight && (code !== 'SPEC_SEPARATOR' || !/[\dA-Za-z+\-"]/.test(value)) ? value : refuse(code);
    },
  });

/** Name or number from 1; Excel allows names of 31 characters. */
export const sheet: Kind<string | number> = scalar<string | number>({
  fallback: 1,
  otherwise: 'SPEC_SHEET',
  schema: {
    anyOf: [
      { type: 'string', minLength: 1, maxLength: 31 },
      { type: 'integer', minimum: 1 },
    ],
  },
  pick: ({ value }) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
    return typeof value === 'string' && value !== '' && value.length <= 31 ? value : refuse('SPEC_SHEET');
  },
});

const ALIASES = {
  text: 'texto',
  string: 'texto',
  number: 'decimal',
  float: 'decimal',
  int: 'entero',
  date: 'fecha',
  bool: 'booleano',
} as const satisfies Record<string, FieldType>;

/** `select` is a texto that has options, as the visual editor writes it. */
export const fieldType: Kind<FieldType | 'select'> = oneOf([...FIELD_TYPES, 'select'], {
  aliases: ALIASES,
  anyCase: true,
});
