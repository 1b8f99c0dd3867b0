import { RE2JS } from 're2js';
import { fieldValue, isDatePattern } from './field-values.ts';
import { typeOf } from './make-spec.ts';
import type { FieldShape } from './shape.ts';
import type { Path, Reading, ScalarNode } from './tree.ts';
import type { FieldType, Value } from './types.ts';
import { shown } from './wording.ts';

/** Checks of one column: its values fit its type, and it asks for nothing that its type does not have. */

/** Which types each declarative check is for. */
const CHECKS: Readonly<Record<string, readonly FieldType[]>> = {
  min: ['decimal', 'entero', 'fecha'],
  max: ['decimal', 'entero', 'fecha'],
  min_length: ['texto'],
  max_length: ['texto'],
  pattern: ['texto'],
  scale: ['decimal'],
  format: ['fecha'],
};

export function checkField(field: FieldShape, path: Path, reading: Reading): void {
  const type = typeOf(field);
  for (const [key, types] of Object.entries(CHECKS)) {
    if (field[key as keyof FieldShape] !== undefined && !types.includes(type))
      reading.report('SPEC_CHECK_TYPE', [...path, key], { key, type, types: types.join(', ') });
  }
  const { options } = field;
  if (field.type === 'select' && !options) reading.report('SPEC_SELECT_OPTIONS', [...path, 'type']);
  const fallback = valueAt(field.default, type, [...path, 'default'], reading);
  const allowed = options?.map((option, index) =>
    valueAt(option, type, [...path, 'options', index], reading),
  );
  if (fallback !== undefined && allowed && !allowed.includes(fallback))
    reading.report('SPEC_DEFAULT_OPTION', [...path, 'default'], {
      value: shown(String(field.default?.source)),
    });
  checkBounds(field, type, path, reading);
  if (field.pattern !== undefined) checkPattern(field.pattern, [...path, 'pattern'], reading);
  if (field.format !== undefined) checkDatePattern(field.format, [...path, 'format'], reading);
}

function checkBounds(field: FieldShape, type: FieldType, path: Path, reading: Reading): void {
  const [min, max] = (['min', 'max'] as const).map((key) =>
    CHECKS[key]?.includes(type) ? valueAt(field[key], type, [...path, key], reading) : undefined,
  );
  const isCrossed = typeof min !== 'undefined' && typeof max !== 'undefined' && compare(min, max) > 0;
  if (isCrossed) reading.report('SPEC_MIN_MAX', [...path, 'max'], { min: 'min', max: 'max' });
  const { min_length: shortest = 0, max_length: longest = shortest } = field;
  if (shortest > longest)
    reading.report('SPEC_MIN_MAX', [...path, 'max_length'], { min: 'min_length', max: 'max_length' });
}

const compare = (a: Value, b: Value): number => (a !== null && b !== null && a > b ? 1 : -1);

function valueAt(
  node: ScalarNode | undefined,
  type: FieldType,
  path: Path,
  reading: Reading,
): Value | undefined {
  if (!node) return undefined;
  const value = fieldValue(type, node);
  if (value === undefined) reading.report('SPEC_VALUE_TYPE', path, { value: shown(node.source), type });
  return value;
}

/** Whole patterns are checked where they stand: what RE2 cannot do is no matter of the data (contract files §5.2). */
function checkPattern(pattern: string, path: Path, reading: Reading): void {
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 200) : '';
    reading.report('SPEC_PATTERN', path, { detail });
  }
}

export function checkDatePattern(format: string, path: Path, reading: Reading): void {
  if (format !== 'ISO' && !isDatePattern(format))
    reading.report('SPEC_DATE_FORMAT', path, { value: shown(format) });
}
