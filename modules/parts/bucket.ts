import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import {
  attribute,
  type Count,
  choose,
  given,
  named,
  not,
  numberOf,
  type Optional,
  type Settable,
  unwrap,
  when,
} from './optional.ts';

export interface BucketProps {
  readonly name: string;
  readonly own: Optional<{ readonly name: string; readonly arn: string }>;
  readonly kmsKeyArn: Optional<string>;
  /** Prefix (with its slash) → days until its objects expire. Nothing else ever expires. */
  readonly expiringPrefixes: Readonly<Record<string, Settable<number>>>;
  /** How many old versions are kept beyond the 7 days after which they go; default: 5, or 0 for none. */
  readonly oldVersionsKept?: number;
  /** Days until the parts of an upload that was never finished go; default: 7. */
  readonly abortUploadsDays?: number;
  /** Without a key of the caller's: S3's own key in KMS, whose use is logged, or S3's own. Default: S3's own. */
  readonly usesKms?: boolean;
}

/** Every message writes a whole new history, so old versions must go soon. */
const NONCURRENT_DAYS = 7;
const NONCURRENT_KEPT = 5;

/** A private, encrypted, versioned bucket. It is not emptied on destroy: Terraform then refuses, and data stays. */
export class Bucket extends Construct {
  readonly bucket: S3Bucket | undefined;
  readonly bucketName: string;
  readonly bucketArn: string;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const { own } = props;
    this.bucket = when(not(given(own)), (count) => this.makeBucket(props, count));
    this.bucketName = named(
      this,
      'name',
      choose(given(own), unwrap(own)?.name ?? '', attribute(this.bucket, 'bucket')),
    );
    this.bucketArn = named(
      this,
      'arn',
      choose(given(own), unwrap(own)?.arn ?? '', attribute(this.bucket, 'arn')),
    );
  }

  private makeBucket(props: BucketProps, count: Count): S3Bucket {
    const bucket = new S3Bucket(this, 'Default', { bucket: props.name, ...count });
    const name = attribute(bucket, 'id');
    new S3BucketPublicAccessBlock(this, 'public_access_block', {
      bucket: name,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      ...count,
    });
    new S3BucketVersioningA(this, 'versioning', {
      bucket: name,
      versioningConfiguration: { status: 'Enabled' },
      ...count,
    });
    this.encrypt(name, props, count);
    this.refusePlainHttp(name, attribute(bucket, 'arn'), count);
    this.expire(name, props, count);
    return bucket;
  }

  private encrypt(bucket: string, { kmsKeyArn, usesKms = false }: BucketProps, count: Count): void {
    const key = unwrap(kmsKeyArn);
    new S3BucketServerSideEncryptionConfigurationA(this, 'server_side_encryption_configuration', {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: choose(usesKms ? true : given(kmsKeyArn), 'aws:kms', 'AES256'),
            ...(key === undefined ? {} : { kmsMasterKeyId: key }),
          },
          bucketKeyEnabled: true,
        },
      ],
      ...count,
    });
  }

  private refusePlainHttp(bucket: string, arn: string, count: Count): void {
    new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      }),
      ...count,
    });
  }

  private expire(bucket: string, props: BucketProps, count: Count): void {
    const { oldVersionsKept: kept = NONCURRENT_KEPT, abortUploadsDays = NONCURRENT_DAYS } = props;
    const expiring = Object.entries(props.expiringPrefixes).map(([prefix, days]) => ({
      id: `expire-${prefix.replaceAll('/', '')}`,
      status: 'Enabled',
      filter: [{ prefix }],
      expiration: [{ days: numberOf(days) }],
    }));
    new S3BucketLifecycleConfiguration(this, 'lifecycle_configuration', {
      bucket,
      rule: [
        ...expiring,
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [
            { noncurrentDays: NONCURRENT_DAYS, ...(kept > 0 && { newerNoncurrentVersions: kept }) },
          ],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: abortUploadsDays }],
        },
      ],
      ...count,
    });
  }
}
