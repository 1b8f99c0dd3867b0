import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFiles } from './source-files.ts';

/** One import of a source file. `target` is a path from the project's root, or a package's name. */
export interface Import {
  readonly from: string;
  readonly target: string;
  /** Written as `import type` or `export type`: gone in the emitted code. */
  readonly typeOnly: boolean;
}

const statement = /(?:^|[;}\s])(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]*?\s*from\s*)?(['"])([^'"\n]+)\2/g;
const dynamic = /\bimport\s*\(\s*(['"`])([^'"`\n]+)\1/g;
const comments = /\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/.*$/gm;

export const withoutComments = (text: string): string => text.replace(comments, '');

/** Every import in `text`, static, re-exported or dynamic; comments are left out. */
export function importsOf(from: string, text: string): Import[] {
  const code = withoutComments(text);
  const resolve = (specifier: string): string =>
    specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : specifier;
  return [
    ...[...code.matchAll(statement)].map(([, type, , specifier = '']) => ({
      from,
      target: resolve(specifier),
      typeOnly: type !== undefined,
    })),
    ...[...code.matchAll(dynamic)].map(([, , specifier = '']) => ({
      from,
      target: resolve(specifier),
      typeOnly: false,
    })),
  ];
}

export const allImports = (): Import[] =>
  sourceFiles().flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));
