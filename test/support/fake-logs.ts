import { awsError, dispatch, type Fields, Tap } from './tap.ts';

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly logStreamName: string;
  readonly eventId: string;
}

/** Events of a page: few, so that nobody reads the first page alone. */
const PAGE = 5;
const MAX_PATTERN_CHARACTERS = 1024;

/** Log groups of CloudWatch; one that was not named is not there. */
export class FakeLogs {
  private readonly groups = new Map<string, LogEvent[]>();
  private counter = 0;

  constructor(
    groups: readonly string[],
    readonly tap: Tap = new Tap(),
  ) {
    for (const name of groups) this.groups.set(name, []);
  }

  /** A line as a function writes it. */
  write(group: string, timestamp: number, message: string): void {
    const eventId = String(++this.counter).padStart(10, '0');
    this.group(group).push({ timestamp, message, logStreamName: 'stream', eventId });
  }

  /** Everything that was written, to look for what must not be in it. */
  text(): string {
    return [...this.groups.values()]
      .flat()
      .map(({ message }) => message)
      .join('\n');
  }

  send(command: { readonly input: object }) {
    const operations = { FilterLogEvents: (input: Fields) => this.filter(input) };
    return dispatch(this.tap, 'logs', operations, command);
  }

  private group(name: string): LogEvent[] {
    const events = this.groups.get(name);
    if (!events) throw awsError('ResourceNotFoundException', 400, 'The specified log group does not exist.');
    return events;
  }

  /** Ordered by time; the first page is empty, as CloudWatch's often are. */
  private filter({ logGroupName, filterPattern = '', startTime = 0, endTime, nextToken }: Fields) {
    if (endTime !== undefined && endTime < startTime) throw awsError('InvalidParameterException', 400);
    const matches = patternOf(filterPattern);
    const found = this.group(logGroupName)
      .filter(({ timestamp }) => timestamp >= startTime && timestamp <= (endTime ?? Number.POSITIVE_INFINITY))
      .filter(({ message }) => matches(message))
      .sort((a, b) => a.timestamp - b.timestamp);
    const start = nextToken === undefined ? undefined : Number(nextToken);
    if (start === undefined) return found.length > 0 ? { events: [], nextToken: '0' } : { events: [] };
    const page = found.slice(start, start + PAGE);
    const more = start + PAGE < found.length;
    return { events: page, ...(more && { nextToken: String(start + PAGE) }) };
  }
}

/** A quoted term, or JSON patterns of comparisons joined by `||` alone or `&&` alone; all else is refused, not guessed. */
function patternOf(pattern: string): (message: string) => boolean {
  if (pattern.length > MAX_PATTERN_CHARACTERS) throw invalid();
  if (pattern === '') return () => true;
  const [, term] = /^"([^"\\*]+)"$/.exec(pattern) ?? [];
  if (term !== undefined) return (message) => message.includes(term);
  const [, inner] = /^\{ (.+) \}$/.exec(pattern) ?? [];
  if (inner === undefined) throw invalid();
  const isOr = inner.includes(' || ');
  if (isOr && inner.includes(' && ')) throw invalid();
  const conditions = inner.split(isOr ? ' || ' : ' && ').map(conditionOf);
  return (message) => {
    const line = jsonOf(message);
    return isOr ? conditions.some((holds) => holds(line)) : conditions.every((holds) => holds(line));
  };
}

function conditionOf(text: string): (line: Fields) => boolean {
  const [, name = '', value] = /^\$\.([A-Za-z_]+) = "([^"\\*]*)"$/.exec(text) ?? [];
  if (value === undefined) throw invalid();
  return (line) => line[name] === value;
}

const invalid = () => awsError('InvalidParameterException', 400, 'Invalid filter pattern');

function jsonOf(message: string): Fields {
  try {
    return JSON.parse(message) as Fields;
  } catch {
    return {};
  }
}
