import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locale } from '../messages.ts';
import type { OutputFile } from '../process/result.ts';
import type { RejectedRow, RunSink, RunSummary } from '../process/sink.ts';
import type { Catalog, Value } from '../spec/types.ts';
import { buildReport, type Delivery } from './build-report.ts';
import { CatalogOutput, TABLES_FOLDER } from './catalog-output.ts';
import { emailHtml } from './email-html.ts';
import { reportHtml } from './html-page.ts';
import { junitXml } from './junit.ts';
import { logLine } from './log-line.ts';
import type { ReportEvent } from './model.ts';
import { type GzipFile, gzipFile, outputFile, TextFile } from './output-files.ts';
import { resultsText } from './results-text.ts';

export interface OutputOptions {
  /** Folder that the outputs are written into; what is there of an earlier run must be gone. */
  readonly folder: string;
  readonly locale: Locale;
  readonly delivery?: Delivery;
  /** No tables of accepted and rejected rows. Default false. */
  readonly isVerdictOnly?: boolean;
}

/** Names of a run's log; both have the same content, and are there when a run fails, too. */
export const LOG_FILES = ['output.log', 'log.txt'] as const;

/** Writes the outputs of a run as files (contract files §7). `close` ends it, whether the run did or not. */
export class OutputSink implements RunSink {
  private readonly catalogs = new Map<string, CatalogOutput>();
  private failures: GzipFile | undefined;
  private log: TextFile | undefined;

  constructor(private readonly options: OutputOptions) {}

  get takesRows(): boolean {
    return !this.options.isVerdictOnly;
  }

  async begin(catalog: Catalog): Promise<void> {
    if (this.options.isVerdictOnly) return;
    const earlier = this.catalogs.get(catalog.id);
    await earlier?.close();
    // What was rejected in a void pass may be accepted now.
    for (const name of earlier?.names() ?? []) await rm(this.at(name));
    this.catalogs.set(catalog.id, await CatalogOutput.begin(this.options.folder, catalog));
  }

  async accepted({ id }: Catalog, rows: readonly (readonly Value[])[]): Promise<void> {
    await this.catalogs.get(id)?.accepted(rows);
  }

  async rejected({ id }: Catalog, rows: readonly RejectedRow[]): Promise<void> {
    await this.catalogs.get(id)?.rejected(rows);
  }

  async failureLines(ndjson: string): Promise<void> {
    this.failures ??= await gzipFile(this.at('failures.ndjson.gz'));
    await this.failures.write(ndjson);
  }

  async event(event: ReportEvent): Promise<void> {
    this.log ??= await TextFile.create(this.at(LOG_FILES[0]));
    await this.log.write(logLine(event));
  }

  async finish(summary: RunSummary): Promise<readonly OutputFile[]> {
    await this.failureLines('');
    const tables = await this.closeTables();
    await this.close();
    const { locale, delivery } = this.options;
    const report = buildReport(summary, delivery);
    const texts: Readonly<Record<string, string>> = {
      'report.json': `${JSON.stringify(report, null, 2)}\n`,
      'report.html': reportHtml(report, locale),
      'email_report.html': emailHtml(report, locale),
      'results.txt': resultsText(report, locale),
      'junit.xml': junitXml(report),
      'profile.json': `${JSON.stringify(report.profile, null, 2)}\n`,
    };
    for (const [name, text] of Object.entries(texts)) await writeFile(this.at(name), text);
    const names = [...tables, 'failures.ndjson.gz', ...LOG_FILES, ...Object.keys(texts)].sort();
    return Promise.all(names.map((name) => outputFile(this.options.folder, name)));
  }

  /** Closes what is open; the log is complete then. May be called again. */
  async close(): Promise<void> {
    for (const catalog of this.catalogs.values()) await catalog.close();
    this.catalogs.clear();
    await this.failures?.close();
    this.failures = undefined;
    if (this.isLogClosed) return;
    this.isLogClosed = true;
    await mkdir(this.options.folder, { recursive: true });
    this.log ??= await TextFile.create(this.at(LOG_FILES[0]));
    await this.log.close();
    await copyFile(this.at(LOG_FILES[0]), this.at(LOG_FILES[1]));
  }

  private isLogClosed = false;

  /** The names of the tables. One catalog alone has the plain names. */
  private async closeTables(): Promise<readonly string[]> {
    const outputs = [...this.catalogs.values()];
    for (const output of outputs) await output.close();
    this.catalogs.clear();
    const names = outputs.flatMap((output) => output.names());
    if (outputs.length !== 1) return names;
    const plain = names.map(
      (name) => [name, name.endsWith('.rejected.csv') ? 'output.rejected.csv' : 'output.csv'] as const,
    );
    for (const [name, to] of plain) await rename(this.at(name), this.at(to));
    await rm(this.at(TABLES_FOLDER), { recursive: true });
    return plain.map(([, to]) => to);
  }

  private at(name: string): string {
    return path.join(this.options.folder, name);
  }
}
