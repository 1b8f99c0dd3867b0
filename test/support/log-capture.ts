/** A log line as the runtime writes it. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Takes what a handler logs: give `write` as `writeLog`. */
export class LogCapture {
  /** The raw text of each line. */
  readonly raw: string[] = [];

  readonly write = (line: string): void => {
    this.raw.push(line);
  };

  get lines(): LogLine[] {
    return this.raw.map((line) => JSON.parse(line) as LogLine);
  }

  /** The lines of this event. */
  of(event: string): LogLine[] {
    return this.lines.filter((line) => (line.message ?? line.event) === event);
  }

  /** Everything logged as one text, to look for what must not be in it. */
  get text(): string {
    return this.raw.join('\n');
  }
}
