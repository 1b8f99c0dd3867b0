import type { Environment } from '../../runtime/core/config.ts';
import { ConfigError } from '../../runtime/core/errors.ts';
import { readDetectorConfig, readWorkerConfig, type WorkerConfig } from '../../runtime/files/config.ts';
import { STATE_INDEX } from '../../runtime/files/store/execution-table.ts';
import { bad, checked, type Finding, ok } from '../deploy/checks/finding.ts';
import { errorFindings } from '../deploy/checks/logs.ts';
import { indexFinding, ttlFinding } from '../deploy/checks/tables.ts';
import { type CommandAws, findFunction } from '../deployed.ts';
import { encryptionFinding, lifecycleFinding } from './check-bucket.ts';
import { heartbeatFinding, redriveFinding, scheduleFinding } from './check-detector.ts';
import { aliasFinding, concurrencyFinding } from './check-function.ts';
import { failureFindings } from './check-queues.ts';

const RIGHTS_FIX = 'Your credentials need the right for this call.';
const ERRORS_FIX = 'hookline files dashboard names the executions; error.log in the folder of one says why.';

/** What the tables forget items by. */
const [LOCKS_TTL, EXECUTIONS_TTL] = ['expiration_time', 'expires_at'] as const;

/** One finding for each point of the deployment. Reads alone. */
export async function filesFindings(name: string, aws: CommandAws): Promise<readonly Finding[]> {
  const [processor, detector] = [`${name}-file-processor`, `${name}-detector`];
  const [worked, detected] = await Promise.all([
    configured(processor, readWorkerConfig, aws),
    configured(detector, readDetectorConfig, aws),
  ]);
  const point = (check: string, make: () => Promise<readonly Finding[]>) => checked(check, RIGHTS_FIX, make);
  const quota = point('concurrency', async () => [
    await concurrencyFinding(worked.isThere ? processor : undefined, aws),
  ]);
  const { config: detection } = detected;
  const points = await Promise.all([
    quota,
    ...(worked.config ? dataPoints(worked.config, aws, point) : []),
    ...(detection
      ? [
          point('alias', async () => [await aliasFinding(detection, aws)]),
          point('schedule', async () => [await scheduleFinding(detector, aws), redriveFinding(detection)]),
          point('heartbeat', async () => [await heartbeatFinding(detection, aws)]),
          point('failures', () => failureFindings(detection, aws)),
        ]
      : []),
    ...(worked.isThere
      ? [point('errors', () => errorFindings([processor, detector].map(logGroupOf), aws, ERRORS_FIX))]
      : []),
  ]);
  return [worked.finding, detected.finding, ...points.flat()];
}

const logGroupOf = (name: string): string => `/aws/lambda/${name}`;

type Point = (check: string, make: () => Promise<readonly Finding[]>) => Promise<readonly Finding[]>;

const dataPoints = (
  { bucket, prefix, lockTable, executionsTable }: WorkerConfig,
  aws: CommandAws,
  point: Point,
) => [
  point('ttl', async () => [await ttlFinding(lockTable, LOCKS_TTL, aws)]),
  point('ttl', async () => [await ttlFinding(executionsTable, EXECUTIONS_TTL, aws)]),
  point('indexes', async () => [await indexFinding(executionsTable, STATE_INDEX, aws)]),
  point('encryption', async () => [await encryptionFinding(bucket, aws)]),
  point('lifecycle', async () => [await lifecycleFinding(bucket, prefix, aws)]),
];

interface Configured<C> {
  readonly isThere: boolean;
  readonly config: C | undefined;
  readonly finding: Finding;
}

/** A function, and the configuration that it would start with, read as it reads it. */
async function configured<C>(
  name: string,
  read: (environment: Environment) => C,
  aws: CommandAws,
): Promise<Configured<C>> {
  const found = await findFunction(name, aws);
  if (!found) {
    const fix = 'Deploy it, or name the deployment with --name.';
    return {
      isThere: false,
      config: undefined,
      finding: bad('function', `there is no function ${name}`, fix),
    };
  }
  try {
    const config = read({ AWS_REGION: found.region, ...found.environment });
    return { isThere: true, config, finding: ok('environment', `${name} has all its variables`) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const text = `${name}: ${error.faults.join('; ')}`;
    const finding = bad('environment', text, 'Mend the variables, deploy again.');
    return { isThere: true, config: undefined, finding };
  }
}
