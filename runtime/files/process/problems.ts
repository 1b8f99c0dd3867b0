import { type FilesCode, type Locale, say } from '../messages.ts';
import type { ReadProblem } from '../read/types.ts';
import type { FormatFault } from '../report/model.ts';
import type { MessageValues } from '../spec/types.ts';
import { plainCheck } from './failures.ts';
import type { Check, Faults } from './faults.ts';
import type { RuleRows } from './rule-run.ts';

/** Faults of a row that is there all the same. */
const OF_ROWS: ReadonlySet<FilesCode> = new Set<FilesCode>(['ROW_TOO_SHORT', 'CELL_ERROR']);

export const isOfRow = ({ code, row }: ReadProblem): boolean => row === undefined && OF_ROWS.has(code);

/** A fault of a file as a whole, for the reports. */
export const formatFault = (
  locale: Locale,
  file: string,
  code: FilesCode,
  line: number,
  values: MessageValues,
): FormatFault => ({
  code,
  message: say(locale, code, { ...values, line }),
  file,
  line: line || null,
  expected: values.expected ?? null,
  found: values.found ?? null,
});

/** What the reader found wrong with rows, until the rows themselves come. */
export class ProblemChecks {
  readonly #checks = new Map<string, Check>();
  #expected = new Map<number, ReadProblem[]>();
  /** Of the batch at hand. */
  #met = new Map<number, ReadProblem[]>();

  /** One check per code, so that its details are limited together. */
  checkOf(code: FilesCode, severity: ReadProblem['severity']): Check {
    const key = `${severity} ${code}`;
    const known = this.#checks.get(key) ?? plainCheck(code, severity);
    this.#checks.set(key, known);
    return known;
  }

  /** A problem of a row that is still to come. */
  expect(problem: ReadProblem): void {
    const known = this.#expected.get(problem.line);
    if (known) known.push(problem);
    else this.#expected.set(problem.line, [problem]);
  }

  run({ lines, count }: RuleRows, faults: Faults): void {
    this.#met.clear();
    if (this.#expected.size === 0) return;
    for (let row = 0; row < count; row++) {
      const line = lines[row] as number;
      const problems = this.#expected.get(line);
      if (!problems) continue;
      this.#expected.delete(line);
      this.#met.set(line, problems);
      for (const { code, severity } of problems) faults.add(row, this.checkOf(code, severity));
    }
  }

  /** What the text of a row's problem is filled with; none for other checks. Each is asked for once. */
  valuesOf(line: number, { code }: Check): MessageValues {
    const problems = this.#met.get(line);
    const at = problems?.findIndex((problem) => problem.code === code) ?? -1;
    return problems?.splice(at, at < 0 ? 0 : 1)[0]?.values ?? {};
  }
}
