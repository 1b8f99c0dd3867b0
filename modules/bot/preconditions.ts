import type { Construct } from 'constructs';
import type { Precondition } from '../parts/function.ts';
import { all, type Condition, expression, hcl, is, not } from '../parts/optional.ts';
import { checkedRules, oneArchitecture, packageHasOneSource } from '../parts/rules.ts';
import type { BotValues } from './index.ts';

/** A living worker must not lose its lock, so the lock lasts this much longer than the timeout. */
const LOCK_MARGIN_SECONDS = 15;

/** What no single input's check can see. Throws with every rule that literals break. */
export const checkedTogether = (scope: Construct, values: BotValues): readonly Precondition[] =>
  checkedRules(scope, [
    {
      holds: lockOutlastsWorker(values),
      sentence: `lock_ttl_seconds must be at least worker_timeout_seconds + ${LOCK_MARGIN_SECONDS}, or a worker could lose its lock while it works.`,
    },
    {
      holds: not(all(values.singleFunction, is(values.api, 'function_url'))),
      sentence:
        'single_function does not go with api = "function_url": such an address lets anyone invoke the function directly. Use api = "http", or two functions.',
    },
    packageHasOneSource(values.package),
    oneArchitecture(values.architectures),
  ]);

function lockOutlastsWorker({ lockTtlSeconds: ttl, workerTimeoutSeconds: timeout }: BotValues): Condition {
  if (typeof ttl === 'number' && typeof timeout === 'number') return ttl >= timeout + LOCK_MARGIN_SECONDS;
  return expression(`${hcl(ttl)} >= ${hcl(timeout)} + ${LOCK_MARGIN_SECONDS}`);
}
