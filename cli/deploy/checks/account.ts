import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { callAws } from '../../../runtime/core/aws-errors.ts';
import type { CommandAws } from '../../deployed.ts';
import type { Project } from '../../project/project.ts';
import { bad, type Finding, ok, warning } from './finding.ts';

/** AWS keeps so many executions of an account free of reservations. */
const UNRESERVED = 100;

interface Settings {
  readonly AccountLimit?: { readonly ConcurrentExecutions?: number };
}

/** Credentials, region and the account's concurrency, by one call that needs no right over a resource. */
export async function accountFindings(project: Project, aws: CommandAws): Promise<readonly Finding[]> {
  const lambda = await aws.lambda();
  const { AccountLimit }: Settings = await callAws(aws.clock, 'lambda:GetAccountSettings', () =>
    lambda.send(new GetAccountSettingsCommand({})),
  );
  const quota = AccountLimit?.ConcurrentExecutions ?? 0;
  const reserved = reservedBy(project);
  const credentials = ok('credentials', `AWS answers in ${project.region ?? 'the region of your profile'}`);
  const text = `the account runs ${quota} functions at once, the settings reserve ${reserved}`;
  if (reserved > 0 && quota - reserved < UNRESERVED) {
    const fix = `AWS keeps ${UNRESERVED} unreserved: leave worker_reserved_concurrency out, or ask for a higher quota.`;
    return [credentials, bad('concurrency', text, fix)];
  }
  const fix = 'Ask AWS for a higher quota (Service Quotas, Lambda, Concurrent executions).';
  return [credentials, quota < UNRESERVED ? warning('concurrency', text, fix) : ok('concurrency', text)];
}

const reservedBy = ({ inputs }: Project): number =>
  Number(inputs.ingress_reserved_concurrency ?? 0) + Number(inputs.worker_reserved_concurrency ?? 0);
