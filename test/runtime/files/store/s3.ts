import { S3Storage } from '../../../../runtime/files/store/s3-storage.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeS3 } from '../../../support/fake-s3.ts';

/** S3's adapter on the fake, with S3's own size of a page. */
export function onFakeS3({ prefix = 'executions/', isCompressed = true } = {}) {
  const s3 = new FakeS3();
  s3.pageKeys = 1000;
  const clock = new FakeClock();
  const presign = async (bucket: string, key: string) => `https://${bucket}.example/${key}`;
  const storage = new S3Storage({ s3, bucket: 'bucket', prefix, clock, isCompressed, presign });
  return { s3, clock, storage };
}
