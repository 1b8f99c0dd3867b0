import type { Construct } from 'constructs';
import type { Precondition } from '../parts/function.ts';
import {
  all,
  type Condition,
  choose,
  expression,
  given,
  hcl,
  is,
  isExpression,
  not,
  unwrap,
} from '../parts/optional.ts';
import type { BotValues } from './index.ts';

/** A living worker must not lose its lock, so the lock lasts this much longer than the timeout. */
const LOCK_MARGIN_SECONDS = 15;

interface Rule {
  readonly holds: Condition;
  readonly sentence: string;
}

/**
 * What no single input's check can see. Literals are checked now: throws with every broken rule. Expressions
 * become preconditions, which Terraform checks at plan.
 */
export function checkedTogether(scope: Construct, values: BotValues): readonly Precondition[] {
  const rules = rulesOf(values);
  const broken = rules.filter(({ holds }) => holds === false).map(({ sentence }) => sentence);
  if (broken.length > 0) throw new Error(`${scope.node.path}: ${broken.join(' ')}`);
  return rules.flatMap(({ holds, sentence }) =>
    isExpression(holds) ? [{ condition: holds, errorMessage: sentence }] : [],
  );
}

function rulesOf(values: BotValues): readonly Rule[] {
  return [
    {
      holds: lockOutlastsWorker(values),
      sentence: `lock_ttl_seconds must be at least worker_timeout_seconds + ${LOCK_MARGIN_SECONDS}, or a worker could lose its lock while it works.`,
    },
    {
      holds: not(all(values.singleFunction, is(values.api, 'function_url'))),
      sentence:
        'single_function does not go with api = "function_url": such an address lets anyone invoke the function directly. Use api = "http", or two functions.',
    },
    { holds: hasOneSource(values), sentence: 'package needs either path or s3, not both.' },
    {
      holds: isOneArchitecture(values),
      sentence: 'architectures must be ["arm64"] or ["x86_64"]: a function runs on one.',
    },
  ];
}

function lockOutlastsWorker({ lockTtlSeconds: ttl, workerTimeoutSeconds: timeout }: BotValues): Condition {
  if (typeof ttl === 'number' && typeof timeout === 'number') return ttl >= timeout + LOCK_MARGIN_SECONDS;
  return expression(`${hcl(ttl)} >= ${hcl(timeout)} + ${LOCK_MARGIN_SECONDS}`);
}

function hasOneSource({ package: own }: BotValues): Condition {
  const { path, s3 } = unwrap(own) ?? {};
  const isGiven = given(own);
  if (!isExpression(isGiven)) return !isGiven || (path === undefined) !== (s3 === undefined);
  const oneSource = expression(`(${hcl(path)} == null) != (${hcl(s3?.bucket)} == null)`);
  return choose<Condition>(isGiven, oneSource, true);
}

function isOneArchitecture({ architectures }: BotValues): Condition {
  if (!isExpression(architectures)) {
    return architectures.length === 1 && ['arm64', 'x86_64'].includes(architectures[0] ?? '');
  }
  return expression(`contains([tolist(["arm64"]), tolist(["x86_64"])], ${hcl(architectures)})`);
}
