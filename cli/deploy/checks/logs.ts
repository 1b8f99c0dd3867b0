import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { awsErrorName, callAws } from '../../../runtime/core/aws-errors.ts';
import { asRecord, asText, readJson } from '../../../runtime/core/json.ts';
import type { CommandAws } from '../../deployed.ts';
import { bad, type Finding, ok, warning } from './finding.ts';

const DAY_MILLIS = 86_400_000;
/** Pages that are read of one log group: a bot that fails all the time would else keep us for minutes. */
const MAX_PAGES = 10;
const SHOWN = 5;

interface Line {
  readonly level: string;
  readonly message: string;
  readonly atMillis: number;
}

/** The newest kinds of error lines of a day, by name: what they carry else is for the logs command. */
export async function errorFindings(
  logGroups: readonly string[],
  aws: CommandAws,
  fix = 'Section 9 of docs/bot.md says what the line means.',
): Promise<readonly Finding[]> {
  const lines = (await Promise.all(logGroups.map((group) => errorsIn(group, aws)))).flat();
  if (lines.length === 0) return [ok('errors', 'none within a day')];
  const kinds = new Map<string, Line[]>();
  for (const line of lines.sort((a, b) => b.atMillis - a.atMillis))
    kinds.set(line.message, [...(kinds.get(line.message) ?? []), line]);
  return [...kinds].slice(0, SHOWN).map(([message, [newest, ...others]]) => {
    const at = new Date(newest?.atMillis ?? 0).toISOString();
    const text = `${message}, ${others.length + 1} times within a day, last at ${at}`;
    return newest?.level === 'CRITICAL' ? bad('errors', text, fix) : warning('errors', text, fix);
  });
}

interface Page {
  readonly events?: readonly { readonly message?: string; readonly timestamp?: number }[];
  readonly nextToken?: string;
}

async function errorsIn(logGroupName: string, aws: CommandAws): Promise<readonly Line[]> {
  const logs = await aws.logs();
  const startTime = aws.clock.nowMillis() - DAY_MILLIS;
  const lines: Line[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const command = new FilterLogEventsCommand({
      logGroupName,
      startTime,
      filterPattern: '{ $.level = "ERROR" || $.level = "CRITICAL" }',
      ...(nextToken && { nextToken }),
    });
    const found: Page = await callAws(aws.clock, 'logs:FilterLogEvents', () => logs.send(command)).catch(
      (error: unknown) => {
        // With one function there is no group of the ingress.
        if (awsErrorName(error) === 'ResourceNotFoundException') return {};
        throw error;
      },
    );
    lines.push(
      ...(found.events ?? []).flatMap(({ message = '', timestamp = 0 }) => lineOf(message, timestamp)),
    );
    nextToken = found.nextToken;
    if (!nextToken) break;
  }
  return lines;
}

/** Looked at again here: an emulator may answer with lines that the pattern does not mean. */
function lineOf(text: string, atMillis: number): readonly Line[] {
  const line = asRecord(readJson(text));
  const level = asText(line.level);
  if (level !== 'ERROR' && level !== 'CRITICAL') return [];
  return [{ level, message: asText(line.message) ?? asText(line.event) ?? 'unnamed', atMillis }];
}
