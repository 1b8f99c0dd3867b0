import { Construct } from 'constructs';
import { alarmTopicArn } from '../parts/alarm-topic.ts';
import { RestApi } from '../parts/api-rest.ts';
import { shippedZips } from '../parts/bundles.ts';
import { Dashboard } from '../parts/dashboard.ts';
import { type FunctionProps, LambdaFunction, type Precondition } from '../parts/function.ts';
import type { Grant } from '../parts/iam.ts';
import { type PropsOf, type ValuesOf, withDefaults } from '../parts/inputs.ts';
import { attribute, choose, given, is, isEmpty, not, unwrap } from '../parts/optional.ts';
import { type Place, placeOf } from '../parts/place.ts';
import { Schedule, unrepeated } from '../parts/schedule.ts';
import { addTags, REPLIES_TAG } from '../parts/tags.ts';
import { addAlarms } from './alarms.ts';
import { ACCESS_LOG_FORMAT, PATHS, STATUS_PATH, WEBHOOK_PATH } from './api.ts';
import { REPLIES_ZIPS, type RepliesZips } from './code.ts';
import {
  type Surroundings,
  sweeperEnvironment,
  webhookEnvironment,
  workerEnvironment,
} from './environment.ts';
import { repliesGraphs } from './graphs.ts';
import { REPLIES_INPUTS } from './inputs.ts';
import { type Names, namesOf } from './names.ts';
import { type PolicySubjects, sweeperStatements, webhookStatements, workerStatements } from './policies.ts';
import { checkedTogether } from './preconditions.ts';
import { makeQueues, type RepliesQueues } from './queues.ts';
import { secretArns } from './secrets.ts';
import { makeTables, type RepliesTables } from './tables.ts';
import { TriggerSource } from './work-source.ts';

/** Every prop but `package` has a default; `inputs.ts` says what each one means. */
export type RepliesProps = PropsOf<typeof REPLIES_INPUTS> & {
  /** Where the zips of webhook and sweeper lie; default: those that this package ships. */
  readonly bundles?: RepliesZips;
};

export type RepliesValues = ValuesOf<typeof REPLIES_INPUTS>;

const SWEEPER = { memoryMb: 256, timeoutSeconds: 55 };

/** A reply engine: API, webhook, worker and sweeper, tables, queues, alarms, one role a function. */
export class Replies extends Construct {
  readonly tables: RepliesTables;
  readonly queues: RepliesQueues;
  readonly webhook: LambdaFunction;
  readonly worker: LambdaFunction;
  readonly sweeper: LambdaFunction;
  readonly api: RestApi;
  readonly alarmTopicArn: string;
  /** What the execution roles must allow, for callers who bring their own. */
  readonly webhookPolicyJson: string;
  readonly workerPolicyJson: string;
  readonly sweeperPolicyJson: string;
  /** Address to give to Twilio; the status callbacks go below it. */
  readonly webhookUrl: string;
  readonly statusUrl: string;
  readonly names: Names;

  private readonly values: RepliesValues;
  private readonly place: Place;

  constructor(scope: Construct, id: string, props: RepliesProps = {}) {
    super(scope, id);
    const values = withDefaults(REPLIES_INPUTS, props);
    const preconditions = checkedTogether(this, values);
    this.values = values;
    this.names = namesOf(this, values);
    this.place = placeOf(this);
    this.tables = makeTables(this, { ...values, names: this.names });
    this.queues = makeQueues(this, { ...values, names: this.names, place: this.place });
    this.alarmTopicArn = alarmTopicArn(this, {
      ...values,
      name: this.names.alarmTopic,
      own: values.alarmTopic,
    });

    const zips = props.bundles ?? shippedZips(this, { ...REPLIES_ZIPS });
    this.webhook = this.makeWebhook(zips);
    this.api = this.makeApi();
    this.webhookUrl = this.publicUrl(WEBHOOK_PATH);
    this.statusUrl = this.publicUrl(STATUS_PATH);
    this.worker = this.makeWorker(preconditions);
    this.sweeper = this.makeSweeper(zips);
    const { webhook, worker, sweeper } = this.grantRoles();
    this.webhookPolicyJson = webhook.json;
    this.workerPolicyJson = worker.json;
    this.sweeperPolicyJson = sweeper.json;
    this.connect(worker);
    this.watch();
    addTags(this, REPLIES_TAG, this.names.deployment, values.tags);
  }

  private publicUrl(path: string): string {
    const { publicWebhookUrl: own } = this.values;
    const below = path.slice(WEBHOOK_PATH.length);
    return choose(given(own), `${unwrap(own) ?? ''}${below}`, `${this.api.url}${path}`);
  }

  private get surroundings(): Surroundings {
    return { values: this.values, names: this.names, parts: this, place: this.place };
  }

  private makeFunction(
    id: 'webhook' | 'worker' | 'sweeper',
    props: Pick<
      FunctionProps,
      'description' | 'code' | 'ownRole' | 'memoryMb' | 'timeoutSeconds' | 'environment'
    > &
      Partial<FunctionProps>,
  ): LambdaFunction {
    const { values, names } = this;
    return new LambdaFunction(this, id, {
      ...values,
      when: true,
      name: names[id],
      roleName: names[`${id}Role`],
      policyName: names[`${id}Policy`],
      // Lambda would drop what the function writes below its own level.
      applicationLogLevel: choose(is(values.logLevel, 'DEBUG'), 'DEBUG', 'INFO'),
      reservedConcurrency: undefined,
      provisionedConcurrency: undefined,
      ...props,
    });
  }

  private makeWebhook(zips: RepliesZips): LambdaFunction {
    const { values } = this;
    return this.makeFunction('webhook', {
      description: 'Checks and stages what users write',
      code: { file: zips.webhook },
      ownRole: values.webhookRole,
      memoryMb: values.webhookMemoryMb,
      timeoutSeconds: values.webhookTimeoutSeconds,
      reservedConcurrency: values.webhookReservedConcurrency,
      provisionedConcurrency: values.webhookProvisionedConcurrency,
      environment: webhookEnvironment(this.surroundings),
    });
  }

  private makeWorker(preconditions: readonly Precondition[]): LambdaFunction {
    const { values } = this;
    const { path: file, s3 } = unwrap(values.package) ?? {};
    return this.makeFunction('worker', {
      description: 'Decides and sends the replies',
      code: { file, ...(s3 ? { s3 } : {}) },
      ownRole: values.workerRole,
      memoryMb: values.workerMemoryMb,
      timeoutSeconds: values.workerTimeoutSeconds,
      reservedConcurrency: values.workerReservedConcurrency,
      provisionedConcurrency: values.workerProvisionedConcurrency,
      environment: workerEnvironment(this.surroundings, this.statusUrl),
      preconditions,
    });
  }

  private makeSweeper(zips: RepliesZips): LambdaFunction {
    return this.makeFunction('sweeper', {
      description: 'Finishes what a crash left undone',
      code: { file: zips.sweeper },
      ownRole: this.values.sweeperRole,
      ...SWEEPER,
      environment: sweeperEnvironment(this.surroundings),
    });
  }

  private makeApi(): RestApi {
    const { values, names, webhook, place } = this;
    return new RestApi(this, 'api', {
      ...values,
      when: true,
      name: names.api,
      stageName: names.environment,
      paths: PATHS,
      accessLogFormat: ACCESS_LOG_FORMAT,
      functionName: attribute(webhook.function, 'function_name'),
      functionArn: attribute(webhook.alias, 'arn'),
      invokeArn: attribute(webhook.alias, 'invoke_arn'),
      // By reference, so that the alias is there before anything asks for it.
      qualifier: attribute(webhook.alias, 'name'),
      manageAccount: values.manageApiGatewayAccount,
      partition: place.partition,
    });
  }

  private grantRoles() {
    const { webhook, worker, sweeper } = this;
    const secrets = secretArns(this, this.values, this.place);
    const subjects = (of: LambdaFunction) => this.policySubjects(of, secrets);
    return {
      webhook: webhook.role.grant(webhookStatements(subjects(webhook))),
      worker: worker.role.grant(workerStatements(subjects(worker))),
      sweeper: sweeper.role.grant(sweeperStatements(subjects(sweeper))),
    };
  }

  private policySubjects(
    { logGroup }: LambdaFunction,
    secrets: ReturnType<typeof secretArns>,
  ): PolicySubjects {
    const { values, tables, queues } = this;
    return {
      ...values,
      logGroupArn: attribute(logGroup, 'arn'),
      conversationsArn: tables.conversations.tableArn,
      stageArn: tables.stage.tableArn,
      triggerLockArn: tables.triggerLock.tableArn,
      archiveArn: tables.archive.tableArn,
      channelQueueArn: attribute(queues.channel, 'arn'),
      handoffQueueArn: attribute(queues.handoff, 'arn'),
      hasBedrock: not(isEmpty(values.bedrockModelArns)),
      ...secrets,
    };
  }

  private connect(workerGrant: Grant): void {
    new TriggerSource(this, 'triggers', {
      worker: this.worker,
      grant: workerGrant,
      queue: this.queues.channel,
      maxConcurrency: this.values.workerMaxConcurrency,
    });
    const everyMinute = new Schedule(this, 'every_minute', {
      of: this.sweeper,
      name: this.names.sweeper,
      description: 'Sweeps what a crash left undone',
      expression: 'rate(1 minute)',
      statementId: 'EveryMinute',
    });
    unrepeated(everyMinute, 'event_invoke_config', this.sweeper, { maxAgeSeconds: 60 });
  }

  private watch(): void {
    const { values, names, place } = this;
    addAlarms(this, { values, names, parts: this });
    new Dashboard(this, 'dashboard', {
      when: values.dashboard,
      name: names.deployment,
      region: place.region,
      graphs: repliesGraphs(names),
    });
  }
}
