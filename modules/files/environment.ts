import type { DetectorVariable, WorkerVariable } from '../../runtime/files/config.ts';
import { attribute, choose, given, unwrap } from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';
import { priceOf } from './cost.ts';
import type { Files, FilesValues } from './index.ts';
import type { Names } from './names.ts';
import { EXECUTIONS_PREFIX } from './policies.ts';

/** What the parts are made from. */
export interface Surroundings {
  readonly values: FilesValues;
  readonly names: Names;
  readonly place: Place;
  readonly parts: Pick<Files, 'bucket' | 'tables' | 'queues' | 'processor' | 'detector'>;
}

const sharedEnvironment = ({ values, parts }: Surroundings) => ({
  SAGE_S3_BUCKET: parts.bucket.bucketName,
  SAGE_S3_PREFIX: EXECUTIONS_PREFIX,
  SAGE_LOCK_TABLE: parts.tables.locks.tableName,
  SAGE_EXECUTIONS_TABLE: parts.tables.executions.tableName,
  SAGE_LOCK_TTL_SECONDS: `${values.lockTtlSeconds}`,
  SAGE_ENVIRONMENT: values.environmentName,
});

export function processorEnvironment(from: Surroundings): Record<WorkerVariable, string> {
  const { priceGbSecond, architectures, locale } = from.values;
  return {
    ...sharedEnvironment(from),
    SAGE_LOCALE: locale,
    SAGE_PRICE_GB_SECOND: choose(
      given(priceGbSecond),
      unwrap(priceGbSecond) ?? '',
      priceOf(architectures, 'run'),
    ),
    SAGE_INVOCATION_MODE: 'async',
  };
}

export function detectorEnvironment(from: Surroundings): Record<DetectorVariable, string> {
  const { values, parts } = from;
  const { queues, processor } = parts;
  return {
    ...sharedEnvironment(from),
    SAGE_LAMBDA_FUNCTION: attribute(processor.alias, 'arn'),
    // Empty counts as unset.
    SAGE_DISPATCH_QUEUE_URL: choose(queues.hasDispatch, attribute(queues.dispatch, 'url'), ''),
    SAGE_FAILURE_QUEUE_URL: attribute(queues.failures, 'url'),
    SAGE_MAX_EVENT_AGE_SECONDS: `${values.maxEventAgeSeconds}`,
    SAGE_REDRIVE: values.redrive,
  };
}
