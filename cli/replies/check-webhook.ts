import { bad, type Finding, ok, warning } from '../deploy/checks/finding.ts';
import type { World } from '../world.ts';
import type { DeployedReplies } from './deployed.ts';

const TIMEOUT_MILLIS = 15_000;

/** Where Twilio calls: beside the address of the status callbacks, which the worker knows. */
export const webhookUrlOf = ({ config }: DeployedReplies): string | undefined =>
  config.statusCallbackUrl?.replace(/\/status\/*$/, '');

/** An empty form: the function refuses it with 400 before it looks at anything, and no alarm rings. */
export async function webhookFinding(replies: DeployedReplies, world: World): Promise<Finding> {
  const url = webhookUrlOf(replies);
  if (url === undefined) {
    const fix = 'Set STATUS_CALLBACK_URL: without it no delivery is reported.';
    return warning('webhook', 'the worker names no address for status callbacks', fix);
  }
  try {
    const { status } = await world.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
    if (status === 400) return ok('webhook', `${url} answers`);
    return bad(
      'webhook',
      `${url} answers ${status} to an empty form, not 400`,
      'Is it the address of this API?',
    );
  } catch {
    return bad('webhook', `no answer from ${url}`, 'Is the stack deployed, and does this machine reach it?');
  }
}
