import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = fileURLToPath(new URL('page/', import.meta.url));

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
}

/** The page's files by path. Script and style are bundled here, so that no build step has to run before. */
export async function buildPage(): Promise<ReadonlyMap<string, PageFile>> {
  const [html, icon, bundled] = await Promise.all([
    readFile(`${FOLDER}index.html`, 'utf8'),
    readFile(`${FOLDER}icon.svg`, 'utf8'),
    bundle(),
  ]);
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: html }],
    ['/icon.svg', { type: 'image/svg+xml', body: icon }],
    ...bundled,
  ]);
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

async function bundle(): Promise<(readonly [string, PageFile])[]> {
  const { outputFiles } = await build({
    entryPoints: [`${FOLDER}main.ts`, `${FOLDER}style.css`],
    outdir: FOLDER,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    platform: 'browser',
    logLevel: 'silent',
  });
  return outputFiles.map(({ path: file, text }) => [
    `/${path.basename(file)}`,
    { type: TYPES[path.extname(file)] ?? 'text/plain', body: text },
  ]);
}
