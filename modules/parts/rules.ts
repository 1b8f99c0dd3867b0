import type { Construct } from 'constructs';
import type { Code, Precondition } from './function.ts';
import {
  type Condition,
  choose,
  expression,
  given,
  hcl,
  isExpression,
  type Optional,
  type Settable,
  unwrap,
} from './optional.ts';

/** What no single input's check can see. */
export interface Rule {
  readonly holds: Condition;
  /** Told when it does not hold: names the input and what to do. */
  readonly sentence: string;
}

/**
 * Literals are checked now: throws with every broken rule. Expressions become preconditions, which Terraform
 * checks at plan.
 */
export function checkedRules(scope: Construct, rules: readonly Rule[]): readonly Precondition[] {
  const broken = rules.filter(({ holds }) => holds === false).map(({ sentence }) => sentence);
  if (broken.length > 0) throw new Error(`${scope.node.path}: ${broken.join(' ')}`);
  return rules.flatMap(({ holds, sentence }) =>
    isExpression(holds) ? [{ condition: holds, errorMessage: sentence }] : [],
  );
}

/** A caller's zip, as the input `package` takes it. */
export type Package = Optional<{
  readonly path?: Code['file'];
  readonly s3?: Code['s3'];
}>;

export const packageHasOneSource = (own: Package): Rule => ({
  holds: hasOneSource(own),
  sentence: 'package needs either path or s3, not both.',
});

function hasOneSource(own: Package): Condition {
  const { path, s3 } = unwrap(own) ?? {};
  const isGiven = given(own);
  if (!isExpression(isGiven)) return !isGiven || (path === undefined) !== (s3 === undefined);
  const oneSource = expression(`(${hcl(path)} == null) != (${hcl(s3?.bucket)} == null)`);
  return choose<Condition>(isGiven, oneSource, true);
}

export const oneArchitecture = (architectures: Settable<readonly string[]>): Rule => ({
  holds: isOneArchitecture(architectures),
  sentence: 'architectures must be ["arm64"] or ["x86_64"]: a function runs on one.',
});

function isOneArchitecture(architectures: Settable<readonly string[]>): Condition {
  if (!isExpression(architectures))
    return architectures.length === 1 && ['arm64', 'x86_64'].includes(architectures[0] ?? '');
  return expression(`contains([tolist(["arm64"]), tolist(["x86_64"])], ${hcl(architectures)})`);
}
