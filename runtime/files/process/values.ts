import type { Field, FileFormat, Value } from '../spec/types.ts';
import { dateParser } from './dates.ts';
import { decimalParser, integerParser } from './numbers.ts';

/** The value of a cell's text; undefined: it is not of the field's type. */
export type Parser = (text: string) => Value | undefined;

/** Reads the cells of one field (contract files §4.4). */
export function parserOf(
  { type, format: ownFormat }: Pick<Field, 'type' | 'format'>,
  format: FileFormat,
): Parser {
  switch (type) {
    case 'texto':
      return (text) => text;
    case 'entero':
      return integerParser(format);
    case 'decimal':
      return decimalParser(format);
    case 'fecha':
      return dateParser(ownFormat, format.dateFormats);
    case 'booleano':
      return parseBoolean;
  }
}

const TRUE = ['true', '1', 'sí', 'si', 's', 'verdadero', 'yes', 'y'];
const FALSE = ['false', '0', 'no', 'n', 'falso'];
const LONGEST_BOOLEAN = 10;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...TRUE.map((text) => [text, true] as const),
  ...FALSE.map((text) => [text, false] as const),
]);

function parseBoolean(text: string): boolean | undefined {
  const exact = BOOLEANS.get(text);
  if (exact !== undefined || text.length > LONGEST_BOOLEAN) return exact;
  return BOOLEANS.get(text.normalize('NFC').toLowerCase());
}

/** A text that two values of a field share only when they are equal. */
export const keyOf = (value: NonNullable<Value>): string => String(value);
