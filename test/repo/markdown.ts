import { globSync, readFileSync } from 'node:fs';

/** A fenced block of code. */
export interface CodeBlock {
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The word behind the fence. */
  readonly language: string;
  readonly text: string;
}

/** The pages that users read. */
export const pages = (): string[] => ['README.md', ...globSync('docs/**/*.md')].sort();

export const readPage = (file: string): string => readFileSync(file, 'utf8');

export function codeBlocks(file: string): CodeBlock[] {
  const text = readPage(file);
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }));
}

export const blocksOf = (...languages: readonly string[]): CodeBlock[] =>
  pages()
    .flatMap(codeBlocks)
    .filter((block) => languages.includes(block.language));

const proseOf = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '');

/** Targets of a page's links, without those to other hosts. */
export const localLinks = (file: string): string[] =>
  [...proseOf(readPage(file)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors that GitHub gives to a page's headings. */
export const anchors = (file: string): string[] =>
  [...proseOf(readPage(file)).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

/** The part of a page from one heading to the next of the same or a higher level. */
export function section(file: string, title: string): string {
  const text = readPage(file);
  const heading = text.split('\n').find((line) => /^#+ /.test(line) && line.endsWith(title));
  if (heading === undefined) throw new Error(`${file} has no section "${title}".`);
  const level = heading.indexOf(' ');
  const rest = text.slice(text.indexOf(`${heading}\n`) + heading.length);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Rows of every table in a text whose first column is headed `head`, cell by cell. */
export function tableRows(text: string, head: string): string[][] {
  const tables = text.split(/\n(?!\|)/).flatMap((part) => part.match(/^\|[\s\S]*$/m)?.[0] ?? []);
  return tables
    .map((table) => table.trimEnd().split('\n').map(cells))
    .filter(([first]) => first?.[0] === head)
    .flatMap(([, , ...rows]) => rows);
}

const cells = (row: string): string[] =>
  row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

/** What stands in backticks in a text. */
export const codeIn = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
