import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TallyData } from './tally.ts';

/** Writes the table of the fault tier. */
export function writeReport(path: string, { schedules, rows, failures }: TallyData): void {
  const head = [
    '# Faults',
    '',
    `${schedules} schedules, ${failures.length} of them broke the guarantee. A schedule with several faults counts at each.`,
    '',
    '| call | fault | schedules | lost | repeated, unclear fault | repeated, no unclear fault | order broken | other |',
    '|---|---|--:|--:|--:|--:|--:|--:|',
  ];
  const body = rows.map((row) =>
    [
      '',
      row.label,
      row.kind,
      row.runs,
      row.lost,
      row.repeatedUnclear,
      row.repeatedClear,
      row.order,
      row.other,
      '',
    ]
      .join(' | ')
      .trim(),
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${[...head, ...body].join('\n')}\n`);
}
