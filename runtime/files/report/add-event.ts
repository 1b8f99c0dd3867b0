import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { logLine } from './log-line.ts';
import type { Report, ReportEvent } from './model.ts';
import { LOG_FILES } from './output-sink.ts';

/** Adds what happened after the checks to `report.json` and to the log of a run; no other output has events. */
export async function addEvent(folder: string, event: ReportEvent): Promise<void> {
  const file = path.join(folder, 'report.json');
  const report = JSON.parse(await readFile(file, 'utf8')) as Report;
  const text = `${JSON.stringify({ ...report, events: [...report.events, event] }, null, 2)}\n`;
  // Outside the outputs: half a report must not be published.
  const whole = path.join(folder, '..', 'report.json');
  await writeFile(whole, text);
  await rename(whole, file);
  for (const name of LOG_FILES) await appendFile(path.join(folder, name), logLine(event));
}
