import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { callAws } from '../../runtime/core/aws-errors.ts';
import { asNumber, asRecord } from '../../runtime/core/json.ts';
import type { DetectorConfig } from '../../runtime/files/config.ts';
import { bad, type Finding, ok, warning } from '../deploy/checks/finding.ts';
import { type CommandAws, findFunction } from '../deployed.ts';

/** AWS keeps so many executions of an account free of reservations. */
const UNRESERVED = 100;
/** The module's default. */
const RESERVED = 50;

/** What executions are sent to. */
export async function aliasFinding({ functionName }: DetectorConfig, aws: CommandAws): Promise<Finding> {
  const found = await findFunction(functionName, aws);
  if (found) return ok('alias', `${functionName} is there`);
  return bad('alias', `there is no ${functionName}: nothing runs on Lambda`, 'Deploy the module again.');
}

/** The reservation beside the account's quota. Without a function: whether the default one can be made. */
export async function concurrencyFinding(name: string | undefined, aws: CommandAws): Promise<Finding> {
  const lambda = await aws.lambda();
  const { AccountLimit } = await callAws(aws.clock, 'lambda:GetAccountSettings', () =>
    lambda.send(new GetAccountSettingsCommand({})),
  );
  const limit = asRecord(AccountLimit);
  const quota = asNumber(limit.ConcurrentExecutions) ?? 0;
  const unreserved = asNumber(limit.UnreservedConcurrentExecutions) ?? quota;
  const account = `the account runs ${quota} functions at once, ${unreserved} of them unreserved`;
  if (name === undefined) return plannedFinding(account, unreserved - RESERVED);
  const command = new GetFunctionConcurrencyCommand({ FunctionName: name });
  const answer = await callAws(aws.clock, 'lambda:GetFunctionConcurrency', () => lambda.send(command));
  const reserved = asNumber(answer.ReservedConcurrentExecutions);
  const text = `${name} reserves ${reserved ?? 'nothing'}; ${account}`;
  if (reserved === 0) return bad('concurrency', text, 'With 0 it never runs: set reserved_concurrency.');
  const fix = `AWS keeps ${UNRESERVED} unreserved: set reserved_concurrency to null, or ask for a higher quota.`;
  if (unreserved >= UNRESERVED) return ok('concurrency', text);
  return reserved === undefined ? warning('concurrency', text, fix) : bad('concurrency', text, fix);
}

function plannedFinding(account: string, left: number): Finding {
  if (left >= UNRESERVED) return ok('concurrency', account);
  const fix = `AWS keeps ${UNRESERVED} unreserved: deploy with reserved_concurrency = null, or ask for a higher quota.`;
  return bad('concurrency', `${account}: too few to reserve ${RESERVED}`, fix);
}
