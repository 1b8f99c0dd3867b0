import { describe, expect, test } from 'vitest';
import { all, any, choose, expression, hcl, is, isExpression, not } from '../../modules/parts/optional.ts';

const cond = expression('var.a');

describe('conditions', () => {
  test('of literals are decided now', () => {
    expect(is('rest', 'rest')).toBe(true);
    expect(all(true, is('rest', 'http'))).toBe(false);
    expect(any(false, true)).toBe(true);
    expect(not(false)).toBe(true);
    expect(choose(true, 'a', 'b')).toBe('a');
    expect(choose(false, 'a', 'b')).toBe('b');
  });

  test('of expressions become expressions', () => {
    expect(is('${var.api}', 'rest')).toBe('${var.api == "rest"}');
    expect(all(true, cond, not(expression('var.b')))).toBe('${(var.a) && (!(var.b))}');
    expect(all(cond, true)).toBe(cond);
    expect(all(cond, false)).toBe(false);
    expect(choose(cond, 'x', undefined)).toBe('${var.a ? "x" : null}');
    expect(choose(cond, '${var.b}', '${var.c}-d')).toBe('${var.a ? var.b : "${var.c}-d"}');
  });
});

describe('hcl', () => {
  test('writes values as Terraform reads them', () => {
    expect(hcl({ A: 'say "x"', b: [1, true, null] })).toBe('{ "A" = "say \\"x\\"", "b" = [1, true, null] }');
  });

  test('leaves what is inside a template alone', () => {
    expect(hcl('a-${f("x")}-b')).toBe('"a-${f("x")}-b"');
    expect(hcl('${f({ a = "x" })}')).toBe('f({ a = "x" })');
  });

  test('keeps the braces of CDKTF tokens', () => {
    expect(hcl('${TfToken[TOKEN.1]}')).toBe('"${TfToken[TOKEN.1]}"');
  });
});

test('an expression is one whole template', () => {
  expect(isExpression('${a}')).toBe(true);
  expect(isExpression('${a}-${b}')).toBe(false);
  expect(isExpression('${f({ a = "${b}" })}')).toBe(true);
  expect(isExpression('x')).toBe(false);
});
