import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import {
  all,
  attribute,
  type Condition,
  type Count,
  choose,
  expression,
  given,
  hcl,
  listOf,
  not,
  type Optional,
  type Settable,
  unwrap,
  when,
} from './optional.ts';

/** One permission. Every resource is named; `*` only where AWS has nothing finer, with a comment there. */
export interface Statement {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: Settable<readonly string[]>;
  readonly condition?: {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  };
  /** Default: Allow. */
  readonly effect?: 'Deny';
  /** Default: always. */
  readonly when?: Condition;
}

/** A statement that always holds. */
export const on = (
  sid: string,
  resources: Statement['resources'],
  ...actions: readonly string[]
): Statement => ({ sid, actions, resources });

/** A policy document; statements that depend on an input become dynamic blocks. */
export function policyDocument(
  scope: Construct,
  id: string,
  statements: readonly Statement[],
  count: Count = {},
): DataAwsIamPolicyDocument {
  const body = ({ sid, effect, actions, resources, condition }: Statement) => ({
    sid,
    ...(effect ? { effect } : {}),
    actions: [...actions],
    resources: listOf(resources),
    ...(condition ? { condition: [{ ...condition, values: [...condition.values] }] } : {}),
  });
  const conditional = statements.filter(({ when: condition }) => typeof condition === 'string');
  const document = new DataAwsIamPolicyDocument(scope, id, {
    statement: statements.filter(({ when: condition = true }) => condition === true).map(body),
    ...count,
  });
  if (conditional.length > 0) {
    const blocks = conditional.map((statement) => ({
      for_each: expression(`${hcl(statement.when)} ? [1] : []`),
      content: body(statement),
    }));
    document.addOverride('dynamic.statement', blocks);
  }
  return document;
}

const LAMBDA_MAY_ASSUME = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
});

export interface FunctionRoleProps {
  readonly when: Condition;
  readonly name: string;
  /** Default: the role's name. */
  readonly policyName?: string;
  /** The caller's own role: then nothing is made but the policy document. */
  readonly own: Optional<{ readonly arn: string }>;
  readonly permissionsBoundary: Optional<string>;
  readonly rolePath: string;
}

/** The execution role of one function. `grant` gives it its permissions, once, when what they name exists. */
export class FunctionRole extends Construct {
  readonly arn: string;
  /** Absent where the caller brought the role. */
  readonly name: string;
  /** The caller brought it. */
  readonly isOwn: Condition;
  private readonly role: IamRole | undefined;
  private readonly functionWhen: Condition;
  private readonly roleWhen: Condition;
  private readonly policyName: string;

  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id);
    this.policyName = props.policyName ?? props.name;
    this.functionWhen = props.when;
    this.isOwn = given(props.own);
    this.roleWhen = all(props.when, not(this.isOwn));
    const boundary = unwrap(props.permissionsBoundary);
    this.role = when(
      this.roleWhen,
      (count) =>
        new IamRole(this, 'role', {
          name: props.name,
          path: props.rolePath,
          assumeRolePolicy: LAMBDA_MAY_ASSUME,
          ...(boundary ? { permissionsBoundary: boundary } : {}),
          ...count,
        }),
    );
    this.name = attribute(this.role, 'name');
    this.arn = choose(this.isOwn, unwrap(props.own)?.arn ?? '', attribute(this.role, 'arn'));
  }

  /** Makes the policy; a caller's own role has to carry the returned document itself. */
  grant(statements: readonly Statement[]): Grant {
    const document = when(this.functionWhen, (count) =>
      policyDocument(this, 'policy_document', statements, count),
    );
    const json = attribute(document, 'json');
    const policy = when(
      this.roleWhen,
      (count) =>
        new IamRolePolicy(this, 'role_policy', {
          name: this.policyName,
          role: attribute(this.role, 'id'),
          policy: json,
          ...count,
        }),
    );
    return { json, policy };
  }
}

export interface Grant {
  readonly json: string;
  readonly policy: IamRolePolicy | undefined;
}
