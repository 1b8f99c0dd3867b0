import { compileRule } from '../../runtime/files/rules/compile-rule.ts';
import type { RulePlan } from '../../runtime/files/rules/plan.ts';
import type { Value } from '../../runtime/files/spec/types.ts';
import { catalog, field, rule, spec } from '../runtime/files/rules/world.ts';
import { type Section, table } from './section.ts';
import { interleaved, median, millis, ratio, timed } from './statistics.ts';

const ROWS = 200_000;
const ROUNDS = 15;
type Row = readonly Value[];

/** A rule per row, compiled, beside the same condition written by hand (contract files §5.3). */
export async function filesRules(): Promise<Section> {
  const document = spec([
    catalog('ventas', [field('cantidad', 'entero'), field('total', 'decimal'), field('tipo', 'texto')]),
  ]);
  const compiled = (expression: string): RulePlan => {
    const { plan } = compileRule(rule(expression), document, { today: 0 });
    if (plan === undefined) throw new Error(`${expression} does not compile`);
    return plan;
  };
  const rows: Row[] = Array.from({ length: ROWS }, (_, index) => [
    index % 97,
    (index % 1_009) / 4,
    index % 3 === 0 ? 'A' : 'B',
  ]);
  const cases = [
    { name: 'cantidad > 0 and total < 200', byHand: byHandNumbers },
    { name: "(df['cantidad'] > 0) & (df['total'] < 200)", byHand: byHandNumbers },
    { name: "cantidad > 0 and tipo == 'A'", byHand: byHandText },
    { name: 'cantidad > 0 and total == round(cantidad * total, 2)', byHand: byHandArithmetic },
  ];
  const lines: string[][] = [];
  for (const { name, byHand } of cases) {
    const plan = compiled(name);
    const times = await interleaved(ROUNDS, {
      ours: () => timed(async () => count(rows, (row) => plan.test(row, CONTEXT, []) === true)),
      byHand: () => timed(async () => count(rows, byHand)),
    });
    if (count(rows, (row) => plan.test(row, CONTEXT, []) === true) !== count(rows, byHand)) {
      throw new Error(`${name} counts other rows than the plain closure`);
    }
    const [ours, floor] = [median(times.ours), median(times.byHand)];
    lines.push([
      name,
      millis(ours),
      millis(floor),
      `${(ROWS / ours / 1_000).toFixed(1)} M/s`,
      ratio(ours, floor),
    ]);
  }
  return {
    title: 'Rules of files: a compiled rule beside a plain closure',
    body: [
      table(['rule', 'ours', 'by hand', 'rows', 'ours : by hand'], lines),
      `${ROWS} rows, ${ROUNDS} rounds in turn, medians. Both count the rows that pass.`,
    ],
  };
}

const CONTEXT = { rowNumber: 1, line: 1 };

function byHandNumbers(row: Row): boolean {
  const cantidad = row[0];
  const total = row[1];
  return typeof cantidad === 'number' && cantidad > 0 && typeof total === 'number' && total < 200;
}

function byHandText(row: Row): boolean {
  const cantidad = row[0];
  return typeof cantidad === 'number' && cantidad > 0 && row[2] === 'A';
}

function byHandArithmetic(row: Row): boolean {
  const cantidad = row[0];
  const total = row[1];
  if (typeof cantidad !== 'number' || typeof total !== 'number' || cantidad <= 0) return false;
  const product = Math.round(cantidad * total * 100) / 100;
  return Math.abs(total - product) <= 1e-9 * Math.max(Math.abs(total), Math.abs(product));
}

function count(rows: readonly Row[], passes: (row: Row) => boolean): number {
  let passed = 0;
  for (const row of rows) if (passes(row)) passed += 1;
  return passed;
}
