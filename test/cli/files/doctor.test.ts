import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { awsError } from '../../support/tap.ts';
import { ALIAS, DEAD_FAILURES, DeployedFiles, FAILURES } from './deployed.ts';

const doctor = (deployment: DeployedFiles, ...flags: readonly string[]) =>
  deployment.run(['files', 'doctor', ...flags]);
const vary = ({ lambda }: DeployedFiles, name: string, more: Readonly<Record<string, string>>) =>
  lambda.functions.set(name, { ...lambda.functions.get(name), ...more });
const fill = ({ sqs }: DeployedFiles, QueueUrl: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
const log = ({ logs, clock }: DeployedFiles, level: string, event: string) =>
  logs.write('/aws/lambda/shop-detector', clock.nowMillis(), JSON.stringify({ level, event, secret: 's' }));

describe('hookline files doctor', () => {
  test('a sound deployment: a line for each point, exit 0, and nothing is written', async () => {
    const deployment = new DeployedFiles();
    const { exitCode, out, error } = await doctor(deployment);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    const points = [...out.matchAll(/^ok {7}(\w+(?: \w+)?) /gm)].map(([, point]) => point);
    expect(points).toEqual([
      ...['environment', 'environment', 'concurrency', 'ttl', 'ttl', 'indexes', 'encryption', 'lifecycle'],
      ...['alias', 'schedule', 'redrive', 'heartbeat', 'failures', 'dead letters', 'errors'],
    ]);
    expect(out.trimEnd().split('\n')).toHaveLength(points.length);
    expect(deployment.asked.filter((name) => !/^(Get|Describe|List)/.test(name))).toEqual([]);
  });

  test.each<[string, (deployment: DeployedFiles) => unknown, string]>([
    [
      'function',
      ({ lambda }) => lambda.functions.delete('shop-detector'),
      'there is no function shop-detector',
    ],
    [
      'environment',
      (all) => vary(all, 'shop-detector', { SAGE_LAMBDA_FUNCTION: '' }),
      'SAGE_LAMBDA_FUNCTION',
    ],
    ['environment', (all) => vary(all, 'shop-file-processor', { SAGE_S3_BUCKET: '' }), 'SAGE_S3_BUCKET'],
    ['alias', ({ lambda }) => lambda.functions.delete(ALIAS), `there is no ${ALIAS}`],
    [
      'concurrency',
      ({ facts }) => {
        facts.GetFunctionConcurrency = () => ({ ReservedConcurrentExecutions: 0 });
      },
      'reserves 0;',
    ],
    [
      'concurrency',
      ({ facts }) => {
        facts.GetAccountSettings = () => ({
          AccountLimit: { ConcurrentExecutions: 140, UnreservedConcurrentExecutions: 90 },
        });
      },
      'reserves 50; the account runs 140 functions at once, 90 of them unreserved',
    ],
    [
      'ttl',
      ({ facts }) => {
        facts.DescribeTimeToLive = () => ({});
      },
      'shop_execution_locks: TTL DISABLED',
    ],
    [
      'indexes',
      ({ facts }) => {
        facts.DescribeTable = () => ({ Table: {} });
      },
      'index state-updated_at-index is missing',
    ],
    [
      'encryption',
      ({ facts }) => {
        facts.GetBucketEncryption = () => {
          throw awsError('ServerSideEncryptionConfigurationNotFoundError', 404);
        };
      },
      'shop-executions does not encrypt',
    ],
    [
      'lifecycle',
      ({ facts }) => {
        facts.GetBucketLifecycleConfiguration = () => ({
          Rules: [
            { Status: 'Disabled', Filter: { Prefix: 'executions/' }, Expiration: { Days: 30 } },
            { Status: 'Enabled', Filter: { Prefix: 'other/' }, Expiration: { Days: 30 } },
          ],
        });
      },
      'keeps executions/ for ever',
    ],
    [
      'lifecycle',
      ({ facts }) => {
        facts.GetBucketLifecycleConfiguration = () => {
          throw awsError('NoSuchLifecycleConfiguration', 404);
        };
      },
      'keeps executions/ for ever',
    ],
    [
      'schedule',
      ({ facts }) => {
        facts.GetPolicy = () => {
          throw awsError('ResourceNotFoundException', 404);
        };
      },
      'no schedule runs shop-detector for detect',
    ],
    [
      'heartbeat',
      ({ facts }) => {
        facts.GetMetricStatistics = () => ({ Datapoints: [] });
      },
      'no heartbeat within an hour',
    ],
    [
      'heartbeat',
      ({ facts, clock }) => {
        const Timestamp = new Date(clock.nowMillis() - 301_000);
        facts.GetMetricStatistics = () => ({ Datapoints: [{ Timestamp, Sum: 1 }] });
      },
      'the last heartbeat was at',
    ],
    ['dead letters', (all) => fill(all, DEAD_FAILURES), '1 in shop-failed-executions-dlq'],
    ['errors', (all) => log(all, 'CRITICAL', 'execution_dead'), 'execution_dead, 1 times'],
    [
      'encryption',
      ({ facts }) => {
        facts.GetBucketEncryption = () => {
          throw awsError('AccessDenied', 403);
        };
      },
      '',
    ],
  ])('%s is bad: exit 1, and what to do', async (check, spoil, text) => {
    const deployment = new DeployedFiles();
    await spoil(deployment);
    const { exitCode, out, error } = await doctor(deployment);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/\d of \d+ checks are bad/);
    const lines = out.split('\n');
    const index = lines.findIndex((line) => line.startsWith(`bad      ${check}`) && line.includes(text));
    expect(index, out).toBeGreaterThanOrEqual(0);
    expect(lines[index + 1]).toMatch(/^ {22}\S/);
    expect(out).not.toContain('secret');
  });

  test.each<[string, (deployment: DeployedFiles) => unknown, string]>([
    ['redrive', (all) => vary(all, 'shop-detector', { SAGE_REDRIVE: 'paused' }), 'SAGE_REDRIVE is paused'],
    ['failures', (all) => fill(all, FAILURES), '1 wait'],
    ['errors', (all) => log(all, 'ERROR', 'detector_failed'), 'detector_failed'],
  ])('%s is a warning: exit 0', async (check, spoil, text) => {
    const deployment = new DeployedFiles();
    await spoil(deployment);
    const { exitCode, out } = await doctor(deployment);
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`^warning +${check} +.*${text}`, 'm'));
  });

  test('before a deployment it says whether the account can reserve what the module does', async () => {
    const deployment = new DeployedFiles();
    deployment.lambda.functions.clear();
    const before = await doctor(deployment);
    expect(before.exitCode).toBe(1);
    expect(before.out).toContain('there is no function shop-file-processor');
    expect(before.out).toMatch(/^ok +concurrency +the account runs 1000/m);
    deployment.facts.GetAccountSettings = () => ({ AccountLimit: { ConcurrentExecutions: 149 } });
    const small = await doctor(deployment, '--json');
    expect(JSON.parse(small.out)).toContainEqual(
      expect.objectContaining({
        check: 'concurrency',
        state: 'bad',
        fix: expect.stringContaining('reserved_concurrency = null'),
      }),
    );
  });
});
