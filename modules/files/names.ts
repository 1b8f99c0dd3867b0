import type { Construct } from 'constructs';
import { choose, given, named, unwrap } from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';
import type { FilesValues } from './index.ts';

/** Names of contract files §8, with the deployment's name where they say `sage`. */
export const namesOf = (
  scope: Construct,
  { name, bucketName }: Pick<FilesValues, 'name' | 'bucketName'>,
  { account }: Pick<Place, 'account'>,
) => ({
  processor: `${name}-file-processor`,
  detector: `${name}-detector`,
  locks: `${name}_execution_locks`,
  executions: `${name}_executions`,
  bucket: named(
    scope,
    'own_bucket_name',
    choose(given(bucketName), unwrap(bucketName) ?? '', `${name}-executions-${account}`),
  ),
  failures: `${name}-failed-executions`,
  deadFailures: `${name}-failed-executions-dlq`,
  dispatch: `${name}-dispatch`,
  deadDispatch: `${name}-dispatch-dlq`,
  alarmTopic: `${name}-alarms`,
  dashboard: `${name}-operations`,
});

export type Names = ReturnType<typeof namesOf>;
