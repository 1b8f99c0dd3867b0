import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileProcessor } from '../../../runtime/files/process/processor.ts';
import { NO_OUTPUT, type RunSink } from '../../../runtime/files/process/sink.ts';
import { Findings } from './findings.ts';

/** The performance set through FileProcessor; without outputs, as the floor has none, unless they are asked for. */
export async function ours(file: string, document: string, hasOutputs = false): Promise<Findings> {
  const found = new Findings();
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-bench-'));
  try {
    const yamlPath = path.join(folder, 'config.yaml');
    await writeFile(yamlPath, document);
    const processor = new FileProcessor({
      yamlPath,
      executionDir: folder,
      inputs: [{ path: file, name: `pedidos${path.extname(file)}` }],
      ...(hasOutputs ? {} : { sink: collecting(found) }),
    });
    const { counts } = await processor.process();
    found.records = counts.records;
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const collecting = (found: Findings): RunSink => ({
  ...NO_OUTPUT,
  failureLines(ndjson) {
    for (const text of ndjson.trimEnd().split('\n')) {
      const { line, type, field } = JSON.parse(text);
      found.add(line, type, field);
    }
  },
});
