/**
 * Settings of AWS clients. Retries are ours (`callAws` knows what is safe to repeat), and a service that takes the
 * request and never answers must not use up the function's time.
 */
const clientOptions = (requestTimeoutMillis: number) =>
  ({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 1000,
      requestTimeout: requestTimeoutMillis,
      throwOnRequestTimeout: true,
    },
  }) as const;

/** The front hop has 10 s for everything, its tries included. */
export const INGRESS_CLIENT = clientOptions(2500);

/** A history of some megabytes has to pass. */
export const WORKER_CLIENT = clientOptions(10_000);

/** For deliveries: S3 copies and joins an object of gigabytes before it answers. */
export const STORAGE_CLIENT = clientOptions(120_000);

/** For queues: an endpoint that the environment names (a VPC's, an emulator's) wins over the one in the URL. */
export const ENVIRONMENT_ENDPOINT = { useQueueUrlAsEndpoint: false } as const;
