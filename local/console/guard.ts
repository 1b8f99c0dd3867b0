import { problem } from '../../cli/dashboard/answers.ts';

export { problem, secured } from '../../cli/dashboard/answers.ts';

/** The server has refused other sites already; a change must also be JSON, which no form can post. */
export function refusal(request: Request): Response | undefined {
  if (request.method !== 'POST') return undefined;
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? undefined : problem(415, 'Send application/json.');
}
