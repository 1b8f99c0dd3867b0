import type { Clock } from '../../runtime/core/clock.ts';
import type { Progress } from '../../runtime/files/process/processor.ts';
import type { Terminal } from '../terminal.ts';

/** Shows how far a run is, on standard error: a line that is drawn anew on a terminal, else a line now and then. */
export interface RunProgress {
  show(progress: Progress): void;
  /** Takes the line away. */
  end(): void;
}

const REDRAW_MILLIS = 100;
const LINE_MILLIS = 5_000;
const BAR_WIDTH = 24;

export function runProgress(terminal: Terminal, clock: Clock): RunProgress {
  const every = terminal.colour ? REDRAW_MILLIS : LINE_MILLIS;
  let [file, startedMillis, shownMillis] = ['', 0, clock.nowMillis()];
  let isDrawn = false;
  return {
    show(progress) {
      const now = clock.nowMillis();
      const current = `${progress.file} ${progress.pass}`;
      if (current !== file) [file, startedMillis] = [current, now];
      if (now - shownMillis < every) return;
      shownMillis = now;
      const line = progressLine(progress, now - startedMillis);
      terminal.error(terminal.colour ? `\r\u001b[2K${line}` : `${line}\n`);
      isDrawn = terminal.colour;
    },
    end() {
      if (isDrawn) terminal.error('\r\u001b[2K');
      isDrawn = false;
    },
  };
}

const count = (value: number) => value.toLocaleString('en');
const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** File, bar, rows, bytes, rate and the time that is left at this rate. */
export function progressLine({ file, rows, bytes, totalBytes, pass }: Progress, millis: number): string {
  const seconds = Math.max(millis, 1) / 1000;
  const name = pass > 1 ? `${file} (pass ${pass})` : file;
  const rate = `${count(Math.round(rows / seconds))} rows/s`;
  if (totalBytes === undefined || totalBytes === 0)
    return `${name}  ${count(rows)} rows  ${megabytes(bytes)}  ${rate}`;
  const share = Math.min(1, bytes / totalBytes);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
  const left = share > 0 ? `${Math.ceil((seconds * (1 - share)) / share)} s left` : '';
  const size = `${megabytes(bytes)} of ${megabytes(totalBytes)}`;
  return `${name}  ${bar} ${Math.floor(share * 100)} %  ${count(rows)} rows  ${size}  ${rate}  ${left}`.trimEnd();
}
