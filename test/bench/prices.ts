/**
 * List prices in US dollars, region us-east-1, arm64, first tier, without the free tier, as AWS publishes them
 * on aws.amazon.com/<service>/pricing (noted November 2026; they change rarely, other regions cost up to a
 * third more).
 */
export const PRICES = {
  /** Each invocation; an asynchronous one counts once per started 256 KB of event. */
  lambdaRequest: 0.2e-6,
  lambdaGigabyteSecond: 0.0000133334,
  restApiRequest: 3.5e-6,
  httpApiRequest: 1e-6,
  sqsFifoRequest: 0.5e-6,
  /** Of a standard queue. */
  sqsRequest: 0.4e-6,
  /** Secrets Manager, each call. */
  secretRequest: 5e-6,
  /** Up to 1 KB written; in a transaction two of them. */
  dynamoWriteUnit: 0.625e-6,
  /** Up to 4 KB read with strong consistency. */
  dynamoReadUnit: 0.125e-6,
  s3Put: 5e-6,
  /** `GetObject` and `HeadObject`; `DeleteObject` is free. */
  s3Get: 0.4e-6,
  logGigabyte: 0.5,
} as const;

/** What AWS meters, per message. */
export interface Usage {
  readonly lambdaRequests: number;
  readonly gigabyteSeconds: number;
  readonly apiRequests: number;
  readonly sqsRequests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  readonly logBytes: number;
}

const MILLION = 1e6;

/** Cost of a million messages by service. */
export const costPerMillion = (usage: Usage) => ({
  lambda:
    MILLION *
    (usage.lambdaRequests * PRICES.lambdaRequest + usage.gigabyteSeconds * PRICES.lambdaGigabyteSecond),
  api: MILLION * usage.apiRequests * PRICES.restApiRequest,
  sqs: MILLION * usage.sqsRequests * PRICES.sqsFifoRequest,
  dynamodb: MILLION * (usage.writeUnits * PRICES.dynamoWriteUnit + usage.readUnits * PRICES.dynamoReadUnit),
  s3: MILLION * (usage.s3Puts * PRICES.s3Put + usage.s3Gets * PRICES.s3Get),
  logs: (MILLION * usage.logBytes * PRICES.logGigabyte) / 1e9,
});
