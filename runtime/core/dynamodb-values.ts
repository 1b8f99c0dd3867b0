import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isRecord, type JsonRecord } from './json.ts';

/** An item of a table in the client's own shape: attribute name → typed value. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** A stored value as plain data. Numbers become JSON numbers, sets lists, binary values are left out. */
export function plainValue(value: AttributeValue | undefined): unknown {
  if (value === undefined) return undefined;
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(plainValue);
  if (value.M !== undefined) return plainItem(value.M);
  return value.SS ?? value.NS?.map(Number);
}

/** A whole item as plain data. */
export const plainItem = (item: Item): JsonRecord =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));

/** Plain data as a stored value. Fields that are undefined are left out; what JSON cannot say becomes null. */
export function storedValue(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(storedValue) };
  if (isRecord(value)) return { M: storedItem(value) };
  return { NULL: true };
}

/** A record of plain data as an item. */
export const storedItem = (record: JsonRecord): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, storedValue(value)]),
  );

/** Size of an item as DynamoDB counts it, near enough for limits; never less for the values hookline writes. */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

/** Size of one value. */
export function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 2;
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  if (value.L !== undefined) return 3 + value.L.reduce((sum, element) => sum + 1 + valueBytes(element), 0);
  if (value.B !== undefined) return value.B.byteLength;
  return (value.SS ?? value.NS ?? ['x']).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
