import { expect, test } from 'vitest';
import { differences } from '../../scripts/json-differences.ts';

test('equal values have no difference, whatever the order of their keys', () => {
  expect(differences({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toEqual([]);
});

test('a changed, missing, added or differently typed value is named by its path', () => {
  const left = { same: 1, changed: 'a', gone: true, list: [1, 2], object: {} };
  const right = { same: 1, changed: 'b', added: null, list: [1], object: [] };
  expect(differences(left, right)).toEqual([
    '$.added: undefined -> null',
    '$.changed: "a" -> "b"',
    '$.gone: true -> undefined',
    '$.list.1: 2 -> undefined',
    '$.object: {} -> []',
  ]);
});
