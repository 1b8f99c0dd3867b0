import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

const packages: Readonly<Record<string, Locked>> = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
).packages;

/** Looks a dependency up as Node does: in the package's own node_modules, then outwards. */
function isLocked(from: string, name: string): boolean {
  const folders = from.split('node_modules/');
  return folders.some((_, index) => {
    const outer = folders.slice(0, folders.length - index).join('node_modules/');
    return `${outer === '' ? '' : `${outer.replace(/\/$/, '')}/`}node_modules/${name}` in packages;
  });
}

test('npm ci works on every platform: the lock file holds each dependency, optional ones too', () => {
  const missing = Object.entries(packages).flatMap(([from, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(from, name))
      .map((name) => `${from} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

test('the lock file names no package host', () => {
  const named = Object.entries(packages).filter(([, { resolved }]) => resolved?.startsWith('http'));
  expect(named.map(([name]) => name)).toEqual([]);
});
