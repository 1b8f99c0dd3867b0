import { WHATSAPP_INDEX } from '../../runtime/replies/conversations.ts';
import { DUE_INDEX } from '../../runtime/replies/stage-table.ts';
import type { Finding } from '../deploy/checks/finding.ts';
import { indexFinding, ttlFinding } from '../deploy/checks/tables.ts';
import type { CommandAws } from '../deployed.ts';
import type { DeployedReplies } from './deployed.ts';

/** What is staged or locked for good must go by itself in the end (contract replies §14). */
export async function ttlFindings({ config }: DeployedReplies, aws: CommandAws): Promise<readonly Finding[]> {
  const { tables, ttlAttribute } = config;
  return Promise.all([tables.stage, tables.triggerLock].map((table) => ttlFinding(table, ttlAttribute, aws)));
}

/** The indexes that the webhook and the sweeper read. */
export async function indexFindings(
  { config }: DeployedReplies,
  aws: CommandAws,
): Promise<readonly Finding[]> {
  const { tables } = config;
  return Promise.all([
    indexFinding(tables.conversations, WHATSAPP_INDEX, aws),
    indexFinding(tables.stage, DUE_INDEX, aws),
  ]);
}
