import { choose, given, unwrap } from '../parts/optional.ts';
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

export function processorEnvironment({ values, parts }: Surroundings): Record<string, string> {
  const { priceGbSecond } = values;
  return {
    SAGE_S3_BUCKET: parts.bucket.bucketName,
    SAGE_LOCK_TABLE: parts.tables.locks.tableName,
    SAGE_EXECUTIONS_TABLE: parts.tables.executions.tableName,
    SAGE_S3_PREFIX: EXECUTIONS_PREFIX,
    SAGE_LOCK_TTL_SECONDS: `${values.lockTtlSeconds}`,
    SAGE_LOCALE: values.locale,
    SAGE_PRICE_GB_SECOND: choose(
      given(priceGbSecond),
      unwrap(priceGbSecond) ?? '',
      priceOf(values.architectures, 'run'),
    ),
    SAGE_INVOCATION_MODE: 'async',
  };
}

export function detectorEnvironment({ values, parts }: Surroundings): Record<string, string> {
  return {
    SAGE_S3_BUCKET: parts.bucket.bucketName,
    SAGE_LOCK_TABLE: parts.tables.locks.tableName,
    SAGE_EXECUTIONS_TABLE: parts.tables.executions.tableName,
    SAGE_LOCK_TTL_SECONDS: `${values.lockTtlSeconds}`,
  };
}
