import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetType, TerraformAsset } from 'cdktf';
import type { Construct } from 'constructs';
import type { Code } from './function.ts';
import { choose, given, named, unwrap } from './optional.ts';
import type { Package } from './rules.ts';

/** The folder of the built zips: `dist/bundles` here or in a folder above. Throws when `zip` is in none. */
export function bundleFolder(zip: string, from = path.dirname(fileURLToPath(import.meta.url))): string {
  let isClone = false;
  for (let folder = from; ; folder = path.dirname(folder)) {
    const bundles = path.join(folder, 'dist', 'bundles');
    if (existsSync(path.join(bundles, zip))) return bundles;
    isClone ||= existsSync(path.join(folder, 'runtime', 'build.ts'));
    if (path.dirname(folder) !== folder) continue;
    if (isClone) throw new Error(`dist/bundles has no zips: run "npm run build" first.`);
    throw new Error(`The package hookline has no zips in dist/bundles: install it again.`);
  }
}

/** The zips that this package ships, under the same keys, copied beside the synthesised stack. */
export function shippedZips<K extends string>(
  scope: Construct,
  names: Readonly<Record<K, string>>,
): Record<K, string> {
  const entries = Object.entries<string>(names).map(([key, zip]) => {
    const file = path.join(bundleFolder(zip), zip);
    return [key, new TerraformAsset(scope, `${key}_bundle`, { path: file, type: AssetType.FILE }).path];
  });
  return Object.fromEntries(entries);
}

/** The zips of a published module: they lie in its folder. */
export const zipsInModule = <K extends string>(names: Readonly<Record<K, string>>): Record<K, string> =>
  Object.fromEntries(
    Object.entries<string>(names).map(([key, zip]) => [key, `\${path.module}/${zip}`]),
  ) as Record<K, string>;

/** A function's code: the caller's zip where one is given, else the stock one. */
export function packageCode(scope: Construct, id: string, own: Package, stock: string): Code {
  const { path: file, s3 } = unwrap(own) ?? {};
  return { file: named(scope, id, choose(given(own), file, stock)), ...(s3 ? { s3 } : {}) };
}
