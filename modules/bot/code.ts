import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetType, TerraformAsset } from 'cdktf';
import type { Construct } from 'constructs';
import type { Code } from '../parts/function.ts';
import { type Condition, choose, given, named, unwrap } from '../parts/optional.ts';
import type { BotValues } from './index.ts';

/** The zips of the functions, as paths that Terraform can read. */
export interface BundleFiles {
  readonly ingress: string;
  readonly worker: string;
  /** Both in one function. */
  readonly single: string;
}

export const BUNDLE_NAMES: BundleFiles = {
  ingress: 'bot-ingress.zip',
  worker: 'bot-worker.zip',
  single: 'bot.zip',
};

/** The folder of the built zips: `dist/bundles` here or in a folder above. Throws when there are none. */
export function bundleFolder(from = path.dirname(fileURLToPath(import.meta.url))): string {
  let isClone = false;
  for (let folder = from; ; folder = path.dirname(folder)) {
    const bundles = path.join(folder, 'dist', 'bundles');
    if (existsSync(path.join(bundles, BUNDLE_NAMES.ingress))) return bundles;
    isClone ||= existsSync(path.join(folder, 'runtime', 'build.ts'));
    if (path.dirname(folder) !== folder) continue;
    if (isClone) throw new Error('dist/bundles has no zips: run "npm run build" first.');
    throw new Error('The package hookline has no zips in dist/bundles: install it again.');
  }
}

/** The zips that this package ships, copied beside the synthesised stack. */
export function shippedBundles(scope: Construct): BundleFiles {
  const folder = bundleFolder();
  const asset = (key: keyof BundleFiles) => {
    const file = path.join(folder, BUNDLE_NAMES[key]);
    return new TerraformAsset(scope, `${key}_bundle`, { path: file, type: AssetType.FILE }).path;
  };
  return { ingress: asset('ingress'), worker: asset('worker'), single: asset('single') };
}

/** The worker's code: the user's package where one is given. */
export function workerCode(
  scope: Construct,
  own: BotValues['package'],
  bundles: BundleFiles,
  isSingle: Condition,
): Code {
  const stock = choose(isSingle, bundles.single, bundles.worker);
  const { path: file, s3 } = unwrap(own) ?? {};
  return {
    file: named(scope, 'worker_file', choose(given(own), file, stock)),
    ...(s3 ? { s3 } : {}),
  };
}
