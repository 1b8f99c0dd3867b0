import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { asText, isRecord, type JsonRecord } from '../../../runtime/core/json.ts';
import type { CriticalLine } from './model.ts';

/** The log service may take lines in out of order. */
const OVERLAP_MILLIS = 5000;
const MAX_LINES = 100;
const MAX_PAGES = 10;

/** Lines of level CRITICAL that functions have written since the start, the newest last. */
export class CriticalLog {
  private readonly lines = new Map<string, CriticalLine>();
  private sinceMillis = Date.now();

  constructor(
    private readonly logs: CloudWatchLogsClient,
    private readonly groups: readonly string[],
  ) {}

  /** Looks for new ones. */
  async read(): Promise<readonly CriticalLine[]> {
    const startTime = this.sinceMillis - OVERLAP_MILLIS;
    await Promise.all(this.groups.map((group) => this.readGroup(group, startTime)));
    return [...this.lines.values()].sort((one, other) => one.at.localeCompare(other.at)).slice(-MAX_LINES);
  }

  private async readGroup(logGroupName: string, startTime: number): Promise<void> {
    let nextToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const input = { logGroupName, startTime, ...(nextToken && { nextToken }) };
      const output = await this.logs.send(new FilterLogEventsCommand(input));
      for (const { timestamp = 0, message = '', logStreamName = '' } of output.events ?? []) {
        this.sinceMillis = Math.max(this.sinceMillis, timestamp);
        const line = criticalLine(message.trim(), logGroupName, `${logStreamName} ${timestamp}`);
        if (line) this.lines.set(line.key, line);
      }
      nextToken = output.nextToken;
      if (!nextToken) return;
    }
  }
}

const DETAILS = ['rule', 'error_code', 'error', 'conversation_ref'] as const;

/** A CRITICAL line as the page shows it; undefined for every other. */
export function criticalLine(text: string, group: string, place: string): CriticalLine | undefined {
  const line = parsed(text);
  if (line?.level !== 'CRITICAL') return undefined;
  const details = DETAILS.flatMap((name) => asText(line[name]) ?? []);
  // A rule names class and code.
  const said = details.filter((detail) => detail === details[0] || !details[0]?.endsWith(`:${detail}`));
  return {
    key: `${place} ${text}`,
    at: asText(line.timestamp) ?? '',
    functionName: group.replace('/aws/lambda/', ''),
    event: asText(line.event) ?? asText(line.message) ?? '',
    detail: [...new Set(said)].join(' · '),
  };
}

function parsed(text: string): JsonRecord | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
