import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Seen from a bundle of the published package, or a chunk of it, and from the sources. */
const PLACES = [
  'runtime/files/entries/pool-worker.js',
  '../runtime/files/entries/pool-worker.js',
  '../../runtime/files/entries/pool-worker.ts',
].map((place) => path.join(here, place));

/** The module that a thread of the pool runs, and Node's options for it. */
export function poolWorker(): { readonly file: URL; readonly execArgv: readonly string[] } {
  const found = PLACES.find((place) => existsSync(place));
  if (found === undefined) throw new Error('The package is not whole: install hookline again.');
  // Node's SQLite warns once a thread, and nobody can do anything about it.
  const quiet = '--disable-warning=ExperimentalWarning';
  return {
    file: pathToFileURL(found),
    execArgv: found.endsWith('.ts') ? [quiet, '--import', 'tsx'] : [quiet],
  };
}
