import { GetBucketEncryptionCommand, GetBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3';
import { awsErrorName, callAws } from '../../runtime/core/aws-errors.ts';
import { asList, asNumber, asRecord, asText } from '../../runtime/core/json.ts';
import { bad, type Finding, ok } from '../deploy/checks/finding.ts';
import type { CommandAws } from '../deployed.ts';

const FIX = 'Deploy the module again.';

/** Deliveries must not lie in plain text. */
export async function encryptionFinding(Bucket: string, aws: CommandAws): Promise<Finding> {
  const s3 = await aws.s3();
  const command = new GetBucketEncryptionCommand({ Bucket });
  const answer = await callAws(aws.clock, 's3:GetBucketEncryption', () => s3.send(command)).catch(
    absent('ServerSideEncryptionConfigurationNotFoundError'),
  );
  const [rule] = asList(asRecord(answer.ServerSideEncryptionConfiguration).Rules).map(asRecord);
  const algorithm = asText(asRecord(rule?.ApplyServerSideEncryptionByDefault).SSEAlgorithm);
  if (algorithm !== undefined) return ok('encryption', `${Bucket} encrypts with ${algorithm}`);
  return bad('encryption', `${Bucket} does not encrypt`, FIX);
}

/** What is kept for ever costs for ever, and is personal data. */
export async function lifecycleFinding(Bucket: string, prefix: string, aws: CommandAws): Promise<Finding> {
  const s3 = await aws.s3();
  const command = new GetBucketLifecycleConfigurationCommand({ Bucket });
  const answer = await callAws(aws.clock, 's3:GetLifecycleConfiguration', () => s3.send(command)).catch(
    absent('NoSuchLifecycleConfiguration'),
  );
  const days = asList(answer.Rules)
    .map(asRecord)
    .filter(({ Status, Filter, Prefix }) => {
      const begin = asText(asRecord(Filter).Prefix) ?? asText(Prefix) ?? '';
      return Status === 'Enabled' && prefix.startsWith(begin);
    })
    .flatMap(({ Expiration }) => asNumber(asRecord(Expiration).Days) ?? []);
  if (days.length > 0) return ok('lifecycle', `${Bucket} deletes ${prefix} after ${Math.min(...days)} days`);
  return bad('lifecycle', `${Bucket} keeps ${prefix} for ever`, FIX);
}

/** AWS answers so where nothing was set. */
const absent =
  (name: string) =>
  (error: unknown): Readonly<Record<string, unknown>> => {
    if (awsErrorName(error) === name) return {};
    throw error;
  };
