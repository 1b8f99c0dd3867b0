import { isRecord, type JsonRecord } from '../../core/json.ts';
import { ModelError, type ObjectSchema } from '../../models/model.ts';
import type { Fields } from './config-schema.ts';

/** What an agent answers when its configuration does not say (contract bot §13.3). */
export const DEFAULT_OUTPUTS: Fields = { response: 'The answer to the user, as plain text.' };

/** JSON Schema of the fields, all of them required: a bare description is a text. */
export function schemaOf(fields: Fields): ObjectSchema {
  const properties = Object.entries(fields).map(([name, field]) => [
    name,
    typeof field === 'string' ? { type: 'string', description: field } : field,
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: Object.keys(fields),
    additionalProperties: false,
  };
}

/** The fields as a model is told of them, one a line. */
export const describeFields = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, field]) =>
      typeof field === 'string'
        ? `"${name}": ${field}`
        : `"${name}" (${typeName(field)}): ${field.description}`,
    )
    .join('\n');

const typeName = ({ type, enum: values }: Exclude<Fields[string], string>): string =>
  values ? `one of ${values.join(', ')}` : type;

/**
 * The model's answer as an object with these fields. Models that are not held to a schema wrap it into a code
 * fence, or answer a single text in plain words. Throws a `ModelError` when a field is missing.
 */
export function readOutputs(text: string, fields: Fields): JsonRecord {
  const names = Object.keys(fields);
  const value = parsed(text);
  if (isRecord(value) && names.every((name) => name in value)) return value;
  const [only, ...others] = names;
  if (value === undefined && only === 'response' && others.length === 0) return { response: text.trim() };
  throw new ModelError('The answer does not have the fields that required_outputs names', 'permanent');
}

function parsed(text: string): unknown {
  const [, fenced = text] = /^\s*```(?:json)?\s*\n(.*)\n\s*```\s*$/s.exec(text) ?? [];
  try {
    return JSON.parse(fenced);
  } catch {
    return undefined;
  }
}
