import type { S3Client } from '@aws-sdk/client-s3';

/** Makes addresses that read an object of a bucket without credentials, for some seconds (7 days at the most). */
export const s3Presign =
  (client: S3Client) =>
  async (bucket: string, key: string, lifeSeconds: number): Promise<string> => {
    // Only readers of reports ask for one: workers do not load it.
    const [{ GetObjectCommand }, { getSignedUrl }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/s3-request-presigner'),
    ]);
    return getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
      expiresIn: lifeSeconds,
    });
  };
