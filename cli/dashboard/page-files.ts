import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PageFile, pageFile } from '../page/page-file.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Where the published package has the page ready to be sent, seen from a bundle or a chunk of it. */
const BUILT = ['dashboard-page', 'cli/dashboard-page'].map((name) => path.join(here, name));

/** The dashboard's files by name: those of the package, or bundled from the sources. */
export async function dashboardPage(): Promise<ReadonlyMap<string, PageFile>> {
  const built = BUILT.find((folder) => existsSync(path.join(folder, 'index.html')));
  if (built === undefined) {
    const { buildPage } = await import('../page/build.ts');
    return buildPage(path.join(here, 'page'));
  }
  const names = await readdir(built);
  const files = names.map(
    async (name) => [name, pageFile(name, await readFile(path.join(built, name), 'utf8'))] as const,
  );
  return new Map(await Promise.all(files));
}
