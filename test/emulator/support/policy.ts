import type { AwsUse } from './aws-recorder.ts';

/** One action on one resource, either of which may hold `*`. */
export interface Right {
  readonly action: string;
  readonly resource: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/** The rights that a policy document grants. */
export function rightsOf(policyJson: string): readonly Right[] {
  const { Statement: statements } = JSON.parse(policyJson) as { readonly Statement: readonly Statement[] };
  return statements
    .filter((statement) => statement.Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) => list(Resource).map((resource) => ({ action, resource }))),
    );
}

/** IAM's pattern: `*` for any text, `?` for one character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(text);
}

const covers = (right: Right, use: Right) =>
  matches(right.action, use.action) && matches(right.resource, use.resource);

export const allows = (rights: readonly Right[], use: Right): boolean =>
  rights.some((right) => covers(right, use));

/** Whether a recorded call needed the right. */
export const isUsed = (right: Right, uses: readonly AwsUse[]): boolean =>
  uses.some((use) => covers(right, use));
