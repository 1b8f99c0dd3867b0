import type { Construct } from 'constructs';
import { packageCode } from '../parts/bundles.ts';
import type { Code } from '../parts/function.ts';
import { type Condition, choose } from '../parts/optional.ts';
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

/** The worker's code: the user's package where one is given. */
export const workerCode = (
  scope: Construct,
  own: BotValues['package'],
  bundles: BundleFiles,
  isSingle: Condition,
): Code => packageCode(scope, 'worker_file', own, choose(isSingle, bundles.single, bundles.worker));
