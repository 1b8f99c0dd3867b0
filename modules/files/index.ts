import { Construct } from 'constructs';
import { alarmTopicArn } from '../parts/alarm-topic.ts';
import { Bucket } from '../parts/bucket.ts';
import { shippedZips } from '../parts/bundles.ts';
import { Dashboard } from '../parts/dashboard.ts';
import { type FunctionProps, LambdaFunction, type Precondition } from '../parts/function.ts';
import type { Grant } from '../parts/iam.ts';
import { type PropsOf, type ValuesOf, withDefaults } from '../parts/inputs.ts';
import { type Place, placeOf } from '../parts/place.ts';
import { addTags, FILES_TAG } from '../parts/tags.ts';
import { logAccess } from './access-logs.ts';
import { addAlarms } from './alarms.ts';
import { FILES_ZIPS, type FilesZips } from './code.ts';
import { detectorEnvironment, processorEnvironment, type Surroundings } from './environment.ts';
import { filesGraphs } from './graphs.ts';
import { FILES_INPUTS } from './inputs.ts';
import { type Names, namesOf } from './names.ts';
import { addEndpoints } from './network.ts';
import { EXECUTIONS_PREFIX } from './policies.ts';
import { checkedTogether } from './preconditions.ts';
import { type FilesQueues, makeQueues } from './queues.ts';
import { type Grants, grantRights } from './rights.ts';
import { type FilesTables, makeTables } from './tables.ts';
import { connectDetector, connectProcessor } from './work.ts';

/** Every prop has a default; `inputs.ts` says what each one means. */
export type FilesProps = PropsOf<typeof FILES_INPUTS> & {
  /** Where the zips of the functions lie; default: those that this package ships. */
  readonly bundles?: FilesZips;
};

export type FilesValues = ValuesOf<typeof FILES_INPUTS>;

const DETECTOR = { memoryMb: 512, timeoutSeconds: 55 };

/** Checking of file deliveries: the function and its detector, bucket, tables, queues, alarms, one role a function. */
export class Files extends Construct {
  readonly bucket: Bucket;
  readonly tables: FilesTables;
  readonly queues: FilesQueues;
  readonly processor: LambdaFunction;
  readonly detector: LambdaFunction;
  readonly alarmTopicArn: string;
  readonly names: Names;
  /** What roles must allow: of the functions for callers who bring their own, of others always. */
  readonly policies: Readonly<Record<keyof Grants['json'], string>>;

  private readonly values: FilesValues;
  private readonly place: Place;

  constructor(scope: Construct, id: string, props: FilesProps = {}) {
    super(scope, id);
    const values = withDefaults(FILES_INPUTS, props);
    const preconditions = checkedTogether(this, values);
    this.values = values;
    this.place = placeOf(this);
    this.names = namesOf(this, values, this.place);
    this.bucket = this.makeBucket();
    this.tables = makeTables(this, { ...values, names: this.names });
    this.queues = makeQueues(this, { ...values, names: this.names, place: this.place });
    this.alarmTopicArn = alarmTopicArn(this, {
      ...values,
      name: this.names.alarmTopic,
      own: values.alarmTopic,
    });

    const zips = props.bundles ?? shippedZips(this, { ...FILES_ZIPS });
    this.processor = this.makeProcessor(zips, preconditions);
    this.detector = this.makeDetector(zips);
    const grants = grantRights(this, this);
    this.policies = grants.json;
    this.connect(grants.processor);
    this.watch();
    addTags(this, FILES_TAG, values.name, values.tags);
  }

  /** What the parts in other files look at. */
  get surroundings(): Surroundings {
    return { values: this.values, names: this.names, place: this.place, parts: this };
  }

  private makeBucket(): Bucket {
    const { values, names } = this;
    const bucket = new Bucket(this, 'bucket', {
      name: names.bucket,
      own: values.bucket,
      kmsKeyArn: values.kmsKeyArn,
      expiringPrefixes: { [EXECUTIONS_PREFIX]: values.retentionDays },
      oldVersionsKept: 0,
      abortUploadsDays: 1,
      usesKms: true,
    });
    logAccess(this, bucket, values);
    return bucket;
  }

  private makeFunction(
    id: 'processor' | 'detector',
    props: Pick<
      FunctionProps,
      'description' | 'code' | 'ownRole' | 'memoryMb' | 'timeoutSeconds' | 'environment'
    > &
      Partial<FunctionProps>,
  ): LambdaFunction {
    return new LambdaFunction(this, id, {
      ...this.values,
      when: true,
      name: this.names[id],
      reservedConcurrency: undefined,
      provisionedConcurrency: undefined,
      provisionedSchedule: undefined,
      ...props,
    });
  }

  private makeProcessor(zips: FilesZips, preconditions: readonly Precondition[]): LambdaFunction {
    const { values } = this;
    return this.makeFunction('processor', {
      description: 'Checks deliveries against their specification',
      code: { file: zips.processor },
      ownRole: values.processorRole,
      memoryMb: values.memoryMb,
      timeoutSeconds: values.timeoutSeconds,
      temporaryStorageMb: values.temporaryStorageMb,
      reservedConcurrency: values.reservedConcurrency,
      provisionedConcurrency: values.provisionedConcurrency,
      provisionedSchedule: values.provisionedSchedule,
      environment: processorEnvironment(this.surroundings),
      preconditions,
    });
  }

  private makeDetector(zips: FilesZips): LambdaFunction {
    return this.makeFunction('detector', {
      description: 'Finds executions that failed or fell silent, and runs them again',
      code: { file: zips.detector },
      ownRole: this.values.detectorRole,
      ...DETECTOR,
      environment: detectorEnvironment(this.surroundings),
    });
  }

  private connect(processorGrant: Grant): void {
    connectProcessor(this, this.surroundings, processorGrant);
    connectDetector(this, this.surroundings);
    addEndpoints(this, this.values, this.place);
  }

  private watch(): void {
    const { values, names, place } = this;
    addAlarms(this, { values, names, parts: this });
    new Dashboard(this, 'dashboard', {
      when: values.dashboard,
      name: names.dashboard,
      region: place.region,
      graphs: filesGraphs(names, values.environmentName),
    });
  }
}
