import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias';
import { LambdaFunction as FunctionResource } from '@cdktf/provider-aws/lib/lambda-function';
import { Construct } from 'constructs';
import { FunctionRole } from './iam.ts';
import {
  attribute,
  type Condition,
  choose,
  type Expression,
  expression,
  given,
  hcl,
  isExpression,
  listOf,
  numberOf,
  type Optional,
  type Settable,
  unwrap,
  when,
} from './optional.ts';
import { ALIAS, keepWarm, type WarmRange, type WarmTimes } from './warm.ts';

/** The zip of a function: a file, or an object in S3 (then `file` is null). */
export interface Code {
  readonly file: string | undefined;
  readonly s3?: { readonly bucket: string; readonly key: string; readonly version?: string | undefined };
}

/** What all functions of a stack have in common. */
export interface FunctionDefaults {
  readonly runtime: string;
  readonly architectures: Settable<readonly string[]>;
  readonly tracing: Condition;
  readonly kmsKeyArn: Optional<string>;
  readonly vpc: Optional<{
    readonly subnetIds: Settable<readonly string[]>;
    readonly securityGroupIds: Settable<readonly string[]>;
  }>;
  readonly logRetentionDays: Settable<number>;
}

export interface FunctionProps extends FunctionDefaults {
  readonly when: Condition;
  readonly name: string;
  readonly description: string;
  readonly code: Code;
  readonly ownRole: Optional<{ readonly arn: string }>;
  /** Default: the function's name. */
  readonly roleName?: string;
  /** Default: the role's name. */
  readonly policyName?: string;
  readonly permissionsBoundary: Optional<string>;
  readonly rolePath: string;
  readonly memoryMb: Settable<number>;
  readonly timeoutSeconds: Settable<number>;
  /** Size of `/tmp`, in MB, 512 to 10,240. Default: 512, as AWS gives. */
  readonly temporaryStorageMb?: Settable<number>;
  /** Lambda's own filter of log lines, `DEBUG` or `INFO`; default: INFO. */
  readonly applicationLogLevel?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The user's variables, which do not replace ours. */
  readonly environmentVariables: Readonly<Record<string, string>> | Expression;
  readonly reservedConcurrency: Optional<Settable<number>>;
  readonly provisionedConcurrency: Optional<WarmRange>;
  /** Default: always. */
  readonly provisionedSchedule?: Optional<WarmTimes>;
  readonly preconditions?: readonly Precondition[];
}

/** Checked at plan; the sentence tells what to do. */
export interface Precondition {
  readonly condition: Expression;
  readonly errorMessage: string;
}

/** A function with its role, its log group (made first, else Lambda makes one that never expires), its alias. */
export class LambdaFunction extends Construct {
  readonly function: FunctionResource | undefined;
  readonly alias: LambdaAlias | undefined;
  readonly logGroup: CloudwatchLogGroup | undefined;
  readonly role: FunctionRole;

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id);
    this.role = new FunctionRole(this, 'Default', {
      ...props,
      name: props.roleName ?? props.name,
      own: props.ownRole,
    });
    this.logGroup = when(
      props.when,
      (count) =>
        new CloudwatchLogGroup(this, 'log_group', {
          name: `/aws/lambda/${props.name}`,
          retentionInDays: numberOf(props.logRetentionDays),
          ...optionalText('kmsKeyId', props.kmsKeyArn),
          ...count,
        }),
    );
    this.function = when(props.when, (count) => this.makeFunction(props, count));
    this.alias = when(
      props.when,
      (count) =>
        new LambdaAlias(this, 'alias', {
          name: ALIAS,
          functionName: attribute(this.function, 'function_name'),
          functionVersion: attribute(this.function, 'version'),
          ...count,
        }),
    );
    keepWarm(this, { ...props, function: this.function, alias: this.alias });
  }

  private makeFunction(props: FunctionProps, count: { count?: number }): FunctionResource {
    const reserved = unwrap(props.reservedConcurrency);
    const { file, s3 } = props.code;
    const { temporaryStorageMb: storage } = props;
    const made = new FunctionResource(this, 'function', {
      functionName: props.name,
      description: props.description,
      role: this.role.arn,
      handler: 'index.handler',
      runtime: props.runtime,
      architectures: listOf(props.architectures),
      memorySize: numberOf(props.memoryMb),
      timeout: numberOf(props.timeoutSeconds),
      ...(storage === undefined ? {} : { ephemeralStorage: { size: numberOf(storage) } }),
      publish: true,
      ...(file === undefined ? {} : { filename: file, sourceCodeHash: hashOf(file) }),
      ...(s3
        ? { s3Bucket: s3.bucket, s3Key: s3.key, ...(s3.version ? { s3ObjectVersion: s3.version } : {}) }
        : {}),
      loggingConfig: {
        logFormat: 'JSON',
        // Lambda takes our level CRITICAL for INFO: a higher one would drop these lines and their alarm.
        applicationLogLevel: props.applicationLogLevel ?? 'INFO',
        logGroup: attribute(this.logGroup, 'name'),
      },
      tracingConfig: { mode: choose(props.tracing, 'Active', 'PassThrough') },
      ...optionalText('kmsKeyArn', props.kmsKeyArn),
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: numberOf(reserved) }),
      ...(props.preconditions ? { lifecycle: { precondition: [...props.preconditions] } } : {}),
      ...count,
    });
    made.addOverride('environment.variables', mergedEnvironment(props));
    addVpc(made, props.vpc);
    return made;
  }
}

const optionalText = <K extends string>(key: K, value: Optional<string>) => {
  const text = unwrap(value);
  return (text === undefined ? {} : { [key]: text }) as { [P in K]?: string };
};

/** The hash decides whether the code is deployed anew. An object in S3 is told apart by its version. */
function hashOf(file: string): Expression {
  const hash = `filebase64sha256(${hcl(file)})`;
  return expression(isExpression(file) ? `${hcl(file)} == null ? null : ${hash}` : hash);
}

function mergedEnvironment({ environment, environmentVariables }: FunctionProps): object | Expression {
  if (typeof environmentVariables === 'object') return { ...environmentVariables, ...environment };
  return expression(`merge(${hcl(environmentVariables)}, ${hcl(environment)})`);
}

function addVpc(resource: FunctionResource, vpc: FunctionProps['vpc']): void {
  const value = unwrap(vpc);
  if (!value) return;
  const content = { subnet_ids: value.subnetIds, security_group_ids: value.securityGroupIds };
  const wanted = given(vpc);
  if (wanted === true) resource.addOverride('vpc_config', content);
  else {
    const forEach = expression(`${hcl(wanted)} ? [1] : []`);
    resource.addOverride('dynamic.vpc_config', [{ for_each: forEach, content }]);
  }
}
