import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rule, Value } from '../../../../runtime/files/spec/types.ts';
import { bool, document, inSage, nullable, rows, TEXTS } from './generated.ts';
import type { Cell, Piece, World } from './reference.ts';
import { answers, rule } from './world.ts';

/** Generated rules on generated rows: the compiled rule and the naive reference give the same answers. */

const toValue = (cell: Cell): Value =>
  typeof cell === 'bigint' && Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;

function expected(piece: Piece, world: World, language: 'pandas' | 'sage', onNull: Rule['onNull']) {
  if (language === 'sage') inSage.add(world);
  const passes = (cell: Cell): boolean =>
    (cell as boolean | null) ?? (onNull === undefined ? language === 'sage' : onNull === 'pass');
  const column = piece.value(world);
  return 'one' in column ? passes(column.one) : column.map(passes);
}

const cases = fc.record({
  piece: bool,
  ventas: rows,
  clientes: fc.array(nullable(fc.constantFrom(...TEXTS)), { maxLength: 4 }),
  onNull: fc.constantFrom(undefined, undefined, 'pass' as const, 'fail' as const),
});

test.each(['pandas', 'sage'] as const)(
  '%s: 3,000 generated rules give what the reference gives',
  { timeout: 120_000 },
  (language) => {
    const seen = { written: 0, perRow: 0, passed: 0, failed: 0 };
    fc.assert(
      fc.property(cases, ({ piece, ventas: cells, clientes, onNull }) => {
        const expression = piece[language]?.text;
        fc.pre(expression !== undefined && expression.length < 3_000);
        const nulls = language === 'pandas' && onNull === undefined ? 'false' : 'unknown';
        const world: World = { nulls, ventas: cells, clientes: clientes.map((cell) => [cell]) };
        const tables = {
          ventas: cells.map((row) => row.map(toValue)),
          clientes: clientes.map((cell) => [cell]),
        };
        const given = answers(rule(String(expression), { language, onNull }), document, tables);
        const wanted = expected(piece, world, language, onNull);
        expect({ expression, answers: given }).toEqual({ expression, answers: wanted });
        seen.written += 1;
        if (typeof wanted !== 'boolean') seen.perRow += 1;
        for (const answer of [wanted].flat()) seen[answer ? 'passed' : 'failed'] += 1;
      }),
      { seed: 20_240_510, numRuns: 3_000 },
    );
    // The cases are worth something: rows, verdicts, passes and failures are all among them.
    expect(seen.written).toBe(3_000);
    expect(seen.perRow).toBeGreaterThan(1_000);
    expect(seen.passed).toBeGreaterThan(1_000);
    expect(seen.failed).toBeGreaterThan(1_000);
  },
);
