import type { Construct } from 'constructs';
import type { Precondition } from '../parts/function.ts';
import { type Condition, choose, expression, given, hcl, unwrap } from '../parts/optional.ts';
import { checkedRules, oneArchitecture, packageHasOneSource } from '../parts/rules.ts';
import type { RepliesValues } from './index.ts';

/** What no single input's check can see. Throws with every rule that literals break. */
export const checkedTogether = (scope: Construct, values: RepliesValues): readonly Precondition[] =>
  checkedRules(scope, [
    {
      holds: given(values.package),
      sentence:
        'package is missing: the worker finds its prompts in it, and without prompts no message can be answered. Make one with "hookline replies build --prompts prompts.json" and give its path: package = { path = "dist/bundles/replies.zip" }.',
    },
    packageHasOneSource(values.package),
    {
      holds: hidesWhileWorked(values),
      sentence:
        'visibility_timeout_seconds must be at least worker_timeout_seconds, or AWS refuses the event source mapping. Leave it out for six times as much.',
    },
    oneArchitecture(values.architectures),
  ]);

function hidesWhileWorked({
  visibilityTimeoutSeconds: own,
  workerTimeoutSeconds: timeout,
}: RepliesValues): Condition {
  const visibility = unwrap(own);
  if (visibility === undefined) return true;
  if (typeof visibility === 'number' && typeof timeout === 'number') return visibility >= timeout;
  return choose<Condition>(given(own), expression(`${hcl(visibility)} >= ${hcl(timeout)}`), true);
}
