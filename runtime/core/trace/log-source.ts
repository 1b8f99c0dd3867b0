import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type AwsClient, awsErrorName, callAws } from '../aws-errors.ts';
import type { Clock } from '../clock.ts';
import { asText, isRecord, readJson } from '../json.ts';
import type { LineQuery, LogEvidence, Reading } from './reading.ts';

/** The functions' log groups. */
export interface LogSource {
  /** Lines since then (milliseconds since 1970) with one of the fields at one of its values, oldest first. */
  lines(query: LineQuery, sinceMillis: number): Promise<Reading<readonly LogEvidence[]>>;
  /** Lines since then in which this text stands anywhere, oldest first. */
  naming(text: string, sinceMillis: number): Promise<Reading<readonly LogEvidence[]>>;
}

/** CloudWatch answers a busy group page by page, many of them empty; a person does not wait for more. */
const MAX_PAGES = 500;
/** AWS limit of a filter pattern. */
const MAX_PATTERN_CHARACTERS = 1024;

/** Reads log groups; one that is not there (a bot of one function has no ingress group) is left out. */
export function cloudWatchLogSource(logs: AwsClient, logGroups: readonly string[], clock: Clock): LogSource {
  const read = async (
    patterns: readonly string[],
    sinceMillis: number,
    isWanted: (line: LogEvidence) => boolean,
  ): Promise<Reading<readonly LogEvidence[]>> => {
    const readings = await Promise.all(
      logGroups.flatMap((group) =>
        patterns.map((pattern) => groupLines(logs, clock, group, pattern, sinceMillis)),
      ),
    );
    if (readings.every((reading) => reading === undefined))
      throw new Error(`No log group ${logGroups.join(' or ')}`);
    const found = readings.flatMap((reading) => reading?.value ?? []);
    const notes = readings.flatMap((reading) => reading?.note ?? []);
    // An emulator may not know the pattern's grammar, and answers everything.
    const lines = found.filter(isWanted).sort((a, b) => a.atMillis - b.atMillis);
    return { value: lines, ...(notes[0] !== undefined && { note: notes[0] }) };
  };
  return {
    lines: (query, sinceMillis) => read(patternsOf(query), sinceMillis, (line) => matches(line, query)),
    naming: (text, sinceMillis) =>
      read([quoted(text)], sinceMillis, ({ fields }) => JSON.stringify(fields).includes(text)),
  };
}

const matches = ({ message, fields }: LogEvidence, query: LineQuery): boolean =>
  Object.entries(query).some(([name, values]) =>
    values.includes(name === 'message' ? message : String(fields[name])),
  );

/** CloudWatch's patterns over JSON lines, each within AWS's limit. */
export function patternsOf(query: LineQuery): string[] {
  const conditions = Object.entries(query).flatMap(([name, values]) =>
    values.map((value) => `$.${name} = ${quoted(value)}`),
  );
  const patterns: string[] = [];
  for (const condition of conditions) {
    const longer = patterns.length > 0 ? `${patterns.at(-1)?.slice(0, -2)} || ${condition} }` : '';
    if (longer !== '' && longer.length <= MAX_PATTERN_CHARACTERS) patterns[patterns.length - 1] = longer;
    else patterns.push(`{ ${condition} }`);
  }
  return patterns;
}

const quoted = (value: string): string => `"${value.replaceAll(/["\\*]/g, '')}"`;

async function groupLines(
  logs: AwsClient,
  clock: Clock,
  logGroupName: string,
  filterPattern: string,
  sinceMillis: number,
): Promise<Reading<LogEvidence[]> | undefined> {
  const read = await readGroup(logs, clock, { logGroupName, filterPattern, startTime: sinceMillis });
  if (!read) return undefined;
  const value = read.value.flatMap(({ timestamp, message }) => evidenceOf(timestamp, message));
  return { value, ...(read.note !== undefined && { note: read.note }) };
}

/** A line as CloudWatch keeps it; `eventId` is CloudWatch's own, unique to the line. */
export interface StoredLine {
  readonly timestamp: number;
  readonly message: string;
  readonly eventId: string;
}

/** The lines of one group, oldest first; undefined when there is no such group. Throws `AwsCallError`. */
export async function readGroup(
  logs: AwsClient,
  clock: Clock,
  input: { readonly logGroupName: string; readonly filterPattern?: string; readonly startTime: number },
): Promise<Reading<readonly StoredLine[]> | undefined> {
  const value: StoredLine[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const output = await pageOf(logs, clock, { ...input, ...(nextToken && { nextToken }) });
    if (!output) return undefined;
    for (const { timestamp = 0, message = '', eventId = '' } of output.events ?? [])
      value.push({ timestamp, message: message.trimEnd(), eventId });
    nextToken = output.nextToken;
    if (!nextToken) return { value };
  }
  return { value, note: `${input.logGroupName} has more lines than were read; give a shorter --since` };
}

interface LogPage {
  readonly events?: readonly Partial<StoredLine>[];
  readonly nextToken?: string;
}

/** Undefined when there is no such group. */
async function pageOf(logs: AwsClient, clock: Clock, input: object): Promise<LogPage | undefined> {
  const send = () => logs.send(new FilterLogEventsCommand(input as { logGroupName: string }));
  try {
    return await callAws(clock, 'logs:FilterLogEvents', send);
  } catch (error) {
    if (awsErrorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** A line of hookline's log; Lambda's own lines and an agent's are none. */
export function evidenceOf(timestamp: number, text: string): LogEvidence[] {
  const line = readJson(text);
  const message = isRecord(line) ? (asText(line.message) ?? asText(line.event)) : undefined;
  if (!isRecord(line) || message === undefined) return [];
  const written = Date.parse(asText(line.timestamp) ?? '');
  return [{ atMillis: Number.isNaN(written) ? timestamp : written, message, fields: line }];
}
