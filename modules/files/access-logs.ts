import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import type { Construct } from 'constructs';
import type { Bucket } from '../parts/bucket.ts';
import { all, attribute, choose, expression, given, hcl, not, unwrap, when } from '../parts/optional.ts';
import type { FilesValues } from './index.ts';

/** Who read and wrote what in a bucket that was made here, into a bucket of the caller's. */
export function logAccess(
  scope: Construct,
  { bucket }: Bucket,
  { bucket: own, accessLogBucket }: Pick<FilesValues, 'bucket' | 'accessLogBucket'>,
): void {
  const { name = '', prefix = '' } = unwrap(accessLogBucket) ?? {};
  when(
    all(not(given(own)), given(accessLogBucket)),
    (count) =>
      new S3BucketLoggingA(scope, 'bucket_logging', {
        bucket: attribute(bucket, 'id'),
        targetBucket: name,
        targetPrefix: choose(expression(`${hcl(prefix)} == null`), '', prefix),
        ...count,
      }),
  );
}
