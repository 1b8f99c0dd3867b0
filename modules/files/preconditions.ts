import type { Construct } from 'constructs';
import type { Precondition } from '../parts/function.ts';
import { all, type Condition, choose, expression, given, hcl, unwrap } from '../parts/optional.ts';
import { checkedRules, oneArchitecture } from '../parts/rules.ts';
import type { FilesValues } from './index.ts';

/** What no single input's check can see. Throws with every rule that literals break. */
export const checkedTogether = (scope: Construct, values: FilesValues): readonly Precondition[] =>
  checkedRules(scope, [
    {
      holds: warmWithinReserved(values),
      sentence:
        'provisioned_concurrency.max must not be more than reserved_concurrency: AWS refuses to keep more environments warm than may run.',
    },
    {
      holds: choose<Condition>(given(values.provisionedSchedule), given(values.provisionedConcurrency), true),
      sentence:
        'provisioned_schedule needs provisioned_concurrency: it says how many environments are kept warm.',
    },
    oneArchitecture(values.architectures),
  ]);

function warmWithinReserved({
  provisionedConcurrency: warm,
  reservedConcurrency: reserved,
}: FilesValues): Condition {
  const [max, limit] = [unwrap(warm)?.max, unwrap(reserved)];
  if (max === undefined || limit === undefined) return true;
  if (typeof max === 'number' && typeof limit === 'number') return max <= limit;
  const isWithin = expression(`${hcl(max)} <= ${hcl(limit)}`);
  return choose<Condition>(all(given(warm), given(reserved)), isWithin, true);
}
