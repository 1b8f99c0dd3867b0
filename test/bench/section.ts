/** One benchmark's result as Markdown; it is printed and goes into the report. */
export interface Section {
  readonly title: string;
  readonly body: readonly string[];
}

/** A Markdown table with aligned columns, so that it can be read in a terminal too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export const markdown = ({ title, body }: Section): string => `## ${title}\n\n${body.join('\n\n')}\n`;
