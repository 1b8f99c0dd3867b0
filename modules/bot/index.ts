import { Construct } from 'constructs';
import { Api, WEBHOOK_PATH } from '../parts/api.ts';
import { Bucket } from '../parts/bucket.ts';
import { shippedZips } from '../parts/bundles.ts';
import { Dashboard } from '../parts/dashboard.ts';
import { LambdaFunction } from '../parts/function.ts';
import { type PropsOf, type ValuesOf, withDefaults } from '../parts/inputs.ts';
import { attribute, type Condition, choose, is, named, not } from '../parts/optional.ts';
import { type Place, placeOf } from '../parts/place.ts';
import { Queues } from '../parts/queue.ts';
import { Table } from '../parts/table.ts';
import { addTags, BOT_TAG } from '../parts/tags.ts';
import { addAlarms } from './alarms.ts';
import { BUNDLE_NAMES, type BundleFiles, workerCode } from './code.ts';
import { ingressEnvironment, workerEnvironment } from './environment.ts';
import { botGraphs } from './graphs.ts';
import { BOT_INPUTS } from './inputs.ts';
import { EnvParameter } from './parameter.ts';
import {
  FAILED_EVENTS_PREFIX,
  ingressStatements,
  JOBS_PREFIX,
  type PolicySubjects,
  workerStatements,
} from './policies.ts';
import { checkedTogether } from './preconditions.ts';
import { WorkSource } from './work-source.ts';

/** Every prop has a default; `inputs.ts` says what each one means. */
export type BotProps = PropsOf<typeof BOT_INPUTS> & {
  /** Where the zips of the functions lie; default: those that this package ships. */
  readonly bundles?: BundleFiles;
};

export type BotValues = ValuesOf<typeof BOT_INPUTS>;

/** Longer than a message can stay in the queue and then in its dead-letter queue. */
const JOBS_RETENTION_DAYS = 30;

/** A webhook bot: API, ingress and worker functions, lock table, bucket, queues, one role a function. */
export class Bot extends Construct {
  readonly api: Api;
  readonly bucket: Bucket;
  readonly lockTable: Table;
  readonly queues: Queues;
  readonly parameter: EnvParameter;
  readonly ingress: LambdaFunction;
  readonly worker: LambdaFunction;
  /** What the execution roles must allow, for callers who bring their own. */
  readonly ingressPolicyJson: string;
  readonly workerPolicyJson: string;
  readonly webhookUrl: string;

  private readonly values: BotValues;
  private readonly isQueued: Condition;

  constructor(scope: Construct, id: string, props: BotProps = {}) {
    super(scope, id);
    const values = withDefaults(BOT_INPUTS, props);
    const { name } = values;
    this.values = values;
    this.isQueued = named(this, 'is_queued', not(is(values.busyPolicy, 'drop')));
    const place = placeOf(this);

    this.parameter = new EnvParameter(this, 'env_parameter', { ...values, botName: name, place });
    this.bucket = this.makeBucket(place);
    this.lockTable = this.makeLockTable();
    this.queues = new Queues(this, 'Default', { ...values, name, fifo: this.isQueued, place });

    const bundles = props.bundles ?? shippedZips(this, { ...BUNDLE_NAMES });
    this.ingress = this.makeIngress(bundles);
    this.worker = this.makeWorker(bundles);
    const { ingressGrant, workerGrant } = this.grantRoles();
    this.ingressPolicyJson = ingressGrant.json;
    this.workerPolicyJson = workerGrant.json;

    new WorkSource(this, 'jobs', {
      worker: this.worker,
      grant: workerGrant,
      queues: this.queues,
      isQueued: this.isQueued,
      isMerged: is(values.busyPolicy, 'merge'),
      asyncRetryAttempts: values.asyncRetryAttempts,
    });
    this.api = this.makeApi(place);
    this.webhookUrl = `${this.api.url}${WEBHOOK_PATH}`;
    addAlarms(this, { values, isQueued: this.isQueued, parts: this });
    new Dashboard(this, 'dashboard', {
      when: values.dashboard,
      name,
      region: place.region,
      graphs: botGraphs(name),
    });
    addTags(this, BOT_TAG, name, values.tags);
  }

  private makeBucket({ account, region }: Place): Bucket {
    const { name, bucket, kmsKeyArn, failedEventsRetentionDays } = this.values;
    return new Bucket(this, 'bucket', {
      name: `${name}-${account}-${region}`,
      own: bucket,
      kmsKeyArn,
      expiringPrefixes: {
        [`${FAILED_EVENTS_PREFIX}/`]: failedEventsRetentionDays,
        [`${JOBS_PREFIX}/`]: JOBS_RETENTION_DAYS,
      },
    });
  }

  /** What it holds is short-lived, so it has no backups. */
  private makeLockTable(): Table {
    const { name, lockTable, kmsKeyArn } = this.values;
    return new Table(this, 'locks', {
      name: `${name}-locks`,
      own: lockTable,
      kmsKeyArn,
      hashKey: { name: 'user_id', type: 'S' },
      ttlAttribute: 'expiresAt',
    });
  }

  private makeIngress(bundles: BundleFiles): LambdaFunction {
    const { values } = this;
    return new LambdaFunction(this, 'ingress', {
      ...values,
      when: not(values.singleFunction),
      name: `${values.name}-ingress`,
      description: 'Checks webhooks and hands their messages over',
      code: { file: bundles.ingress },
      ownRole: values.ingressRole,
      memoryMb: values.ingressMemoryMb,
      timeoutSeconds: values.ingressTimeoutSeconds,
      reservedConcurrency: values.ingressReservedConcurrency,
      provisionedConcurrency: values.ingressProvisionedConcurrency,
      environment: ingressEnvironment(values, this.isQueued, this),
    });
  }

  private makeWorker(bundles: BundleFiles): LambdaFunction {
    const { values } = this;
    return new LambdaFunction(this, 'worker', {
      ...values,
      when: true,
      name: `${values.name}-worker`,
      description: 'Decides and sends the replies',
      code: workerCode(this, values.package, bundles, values.singleFunction),
      ownRole: values.workerRole,
      memoryMb: values.workerMemoryMb,
      timeoutSeconds: values.workerTimeoutSeconds,
      reservedConcurrency: values.workerReservedConcurrency,
      provisionedConcurrency: values.workerProvisionedConcurrency,
      environment: workerEnvironment(values, this.isQueued, this),
      preconditions: checkedTogether(this, values),
    });
  }

  private grantRoles() {
    const { ingress, worker, values } = this;
    return {
      ingressGrant: ingress.role.grant(ingressStatements(this.policySubjects(ingress))),
      workerGrant: worker.role.grant(workerStatements(this.policySubjects(worker), values.singleFunction)),
    };
  }

  private policySubjects({ logGroup }: LambdaFunction): PolicySubjects {
    const { values, isQueued, parameter, bucket, lockTable, queues } = this;
    return {
      ...values,
      logGroupArn: attribute(logGroup, 'arn'),
      bucketArn: bucket.bucketArn,
      tableArn: lockTable.tableArn,
      jobsQueueArn: attribute(queues.jobs, 'arn'),
      deadQueueArn: attribute(queues.dead, 'arn'),
      workerAliasArn: attribute(this.worker.alias, 'arn'),
      parameterArn: parameter.arn,
      secretArn: parameter.secretArn,
      isSecret: parameter.isSecret,
      isWhatsapp: is(values.botType, 'whatsapp'),
      isQueued,
      isInvoked: not(isQueued),
    };
  }

  private makeApi({ partition }: Place): Api {
    const { values, ingress, worker } = this;
    const front = (name: string, of: 'function' | 'alias') =>
      choose(values.singleFunction, attribute(worker[of], name), attribute(ingress[of], name));
    return new Api(this, 'api', {
      ...values,
      kind: values.api,
      functionName: named(this, 'front_name', front('function_name', 'function')),
      functionArn: named(this, 'front_arn', front('arn', 'alias')),
      invokeArn: named(this, 'front_invoke_arn', front('invoke_arn', 'alias')),
      // By reference, so that the alias is there before anything asks for it.
      qualifier: named(this, 'front_alias', front('name', 'alias')),
      manageAccount: values.manageApiGatewayAccount,
      partition,
    });
  }
}
