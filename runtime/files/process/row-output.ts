import type { Cell, ReadProblem, TableBatch } from '../read/types.ts';
import type { Catalog, Value } from '../spec/types.ts';
import type { Check, Faults } from './faults.ts';
import type { RuleRows } from './rule-run.ts';
import type { RejectedRow, RunSink } from './sink.ts';

/** Splits rows into accepted and rejected ones for the sink. */
export class RowOutput {
  constructor(
    private readonly catalog: Catalog,
    private readonly sink: RunSink,
  ) {}

  async rows(batch: TableBatch, { typed, lines, count }: RuleRows, faults: Faults): Promise<void> {
    const codes = codesByRow(faults);
    const refused = batch.problems.flatMap(refusedRow);
    if (codes.size === 0) {
      if (count > 0) await this.sink.accepted(this.catalog, typed);
    } else {
      const good: (readonly Value[])[] = [];
      for (let row = 0; row < count; row++) if (!codes.has(row)) good.push(typed[row] as readonly Value[]);
      if (good.length > 0) await this.sink.accepted(this.catalog, good);
    }
    const bad = [...codes].map(([row, found]) => ({
      line: lines[row] as number,
      cells: batch.rows[row] as readonly Cell[],
      codes: [...found],
    }));
    const rejected = [...bad, ...refused].sort((left, right) => left.line - right.line);
    if (rejected.length > 0) await this.sink.rejected(this.catalog, rejected);
  }
}

/** Rows with an error, each with its codes; a rule is named by its id. */
function codesByRow({ size, rows, checks }: Faults): Map<number, Set<string>> {
  const codes = new Map<number, Set<string>>();
  for (let at = 0; at < size; at++) {
    const { severity, rule, code } = checks[at] as Check;
    if (severity !== 'error') continue;
    const row = rows[at] as number;
    const known = codes.get(row) ?? new Set<string>();
    codes.set(row, known.add(rule?.id ?? code));
  }
  return codes;
}

const refusedRow = ({ row, line, code }: ReadProblem): RejectedRow[] =>
  row === undefined ? [] : [{ line, cells: row, codes: [code] }];
