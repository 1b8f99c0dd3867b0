import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type PageFile, pageFile } from './page-file.ts';

const ICON = fileURLToPath(new URL('icon.svg', import.meta.url));

/** Bundles a page's folder (`index.html`, `main.ts`, `style.css`) with the common icon. Resolves to its files by name. */
export async function buildPage(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const [html, icon, bundled] = await Promise.all([
    readFile(path.join(folder, 'index.html'), 'utf8'),
    readFile(ICON, 'utf8'),
    bundle(folder),
  ]);
  return new Map([
    ['index.html', pageFile('index.html', html)],
    ['icon.svg', pageFile('icon.svg', icon)],
    ...bundled,
  ]);
}

async function bundle(folder: string): Promise<(readonly [string, PageFile])[]> {
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, 'main.ts'), path.join(folder, 'style.css')],
    outdir: folder,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    platform: 'browser',
    logLevel: 'silent',
  });
  return outputFiles.map(({ path: file, text }) => {
    const name = path.basename(file);
    return [name, pageFile(name, text)];
  });
}
