/** The client of the bucket; imported on first use. */
export { S3Client } from '@aws-sdk/client-s3';
