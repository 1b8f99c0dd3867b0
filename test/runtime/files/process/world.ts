import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { FileProcessor, type FileProcessorOptions } from '../../../../runtime/files/process/processor.ts';
import type { ProcessResult } from '../../../../runtime/files/process/result.ts';
import type { Failure, RejectedRow, RunSink, RunSummary } from '../../../../runtime/files/process/sink.ts';
import type { Value } from '../../../../runtime/files/spec/types.ts';

/** Deliveries through the whole processor, in a temporary folder. */

type Json = Readonly<Record<string, unknown>>;

/** A catalog of a document; without a header and with `;` unless told otherwise. */
export const catalog = (fields: readonly Json[], more: Json = {}, format: Json = {}): Json => ({
  name: 'Catálogo',
  description: 'De prueba',
  filename: 'datos.csv',
  file_format: { type: 'CSV', delimiter: ';', header: false, ...format },
  fields,
  ...more,
});

export const field = (name: string, type: string, more: Json = {}): Json => ({ name, type, ...more });

export const rule = (expression: string, more: Json = {}): Json => ({
  name: expression.slice(0, 20),
  description: `No cumple: ${expression}`,
  rule: expression,
  ...more,
});

export function document(catalogs: Readonly<Record<string, Json>>, packageRules?: readonly Json[]): string {
  const ids = Object.keys(catalogs);
  const entrega = {
    name: 'Entrega',
    description: 'De prueba',
    file_format: { type: ids.length > 1 ? 'ZIP' : 'CSV' },
    catalogs: ids,
    ...(packageRules && { package_validation: packageRules }),
  };
  const about = { name: 'Prueba', description: 'De prueba', version: '1', author: 'Equipo' };
  return stringify({ sage_yaml: about, catalogs, packages: { entrega } });
}

/** Keeps what a run gives its sink. */
export class MemorySink implements RunSink {
  readonly takesRows = true;
  readonly accepted_: Record<string, Value[][]> = {};
  readonly rejected_: Record<string, RejectedRow[]> = {};
  readonly lines: Failure[] = [];
  begins = 0;
  isClosed = false;
  summary: RunSummary | undefined;

  begin({ id }: { id: string }): void {
    this.begins++;
    this.accepted_[id] = [];
    this.rejected_[id] = [];
  }
  accepted({ id }: { id: string }, rows: readonly (readonly Value[])[]): void {
    for (const row of rows) this.accepted_[id]!.push([...row]);
  }
  rejected({ id }: { id: string }, rows: readonly RejectedRow[]): void {
    this.rejected_[id]!.push(...rows);
  }
  failureLines(ndjson: string): void {
    for (const line of ndjson.trimEnd().split('\n')) this.lines.push(JSON.parse(line));
  }
  event(): void {}
  finish(summary: RunSummary): [] {
    this.summary = summary;
    return [];
  }
  close(): void {
    this.isClosed = true;
  }
}

export interface Ran {
  readonly result: ProcessResult;
  readonly sink: MemorySink;
  readonly failures: readonly Failure[];
  /** `CODE@line` of each failure to show. */
  readonly codes: readonly string[];
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

type Options = Partial<FileProcessorOptions>;

/** Runs a document over one file of the given name. */
export async function run(
  yaml: string,
  content: string | Uint8Array,
  options: Options = {},
  name = 'datos.csv',
): Promise<Ran> {
  const folder = await temporaryFolder();
  const yamlPath = path.join(folder, 'config.yaml');
  const data = path.join(folder, name);
  await writeFile(yamlPath, yaml);
  await writeFile(data, content);
  const sink = new MemorySink();
  const result = await new FileProcessor({
    yamlPath,
    executionDir: folder,
    inputs: [data],
    sink,
    ...options,
  }).process();
  const failures = sink.summary?.failures ?? [];
  return { result, sink, failures, codes: failures.map(({ type, line }) => `${type}@${line}`) };
}

/** The same for a ZIP of files. */
export const runZip = (
  yaml: string,
  files: Readonly<Record<string, string>>,
  options: Options = {},
): Promise<Ran> =>
  run(
    yaml,
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))),
    options,
    'entrega.zip',
  );
