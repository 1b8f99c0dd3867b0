import { asNumber, asRecord } from '../../core/json.ts';
import type { HistoryRow, Usage } from '../agent.ts';

/** What a row's model calls used (contract bot §11.4); undefined for a row that no model wrote. */
export function recordedUsage({ blocks, model }: HistoryRow): Usage | undefined {
  const usage = asRecord(asRecord(blocks[0]?.metadata).usage);
  const [tokensIn, tokensOut] = [asNumber(usage.tokens_in), asNumber(usage.tokens_out)];
  const costUsd = asNumber(usage.cost_usd);
  if (tokensIn === undefined || tokensOut === undefined) return undefined;
  return { model: model ?? 'unknown', tokensIn, tokensOut, ...(costUsd !== undefined && { costUsd }) };
}
