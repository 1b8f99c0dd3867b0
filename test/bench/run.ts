import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { markdown, type Section } from './section.ts';

/**
 * `npm run bench`: ratios against peers and floors, all measured in this run, printed and written to
 * dist/reports/bench.md. `npm run bench -- calls cost` runs and prints those. It never fails on a time.
 */

const BENCHMARKS: Readonly<Record<string, () => Promise<Section>>> = {
  loaded: async () => (await import('./loaded.ts')).loaded(),
  synth: async () => (await import('./synth.ts')).synth(),
  calls: async () => (await import('./calls.ts')).calls(),
  cost: async () => (await import('./cost.ts')).cost(),
  acknowledgement: async () => (await import('./acknowledgement.ts')).acknowledgement(),
  'cold-start': async () => (await import('./cold-start.ts')).coldStart(),
  load: async () => (await import('./load.ts')).load(),
  memory: async () => (await import('./memory.ts')).memory(),
  turn: async () => (await import('./turn.ts')).turn(),
  'files-read': async () => (await import('./files-read.ts')).filesRead(),
  replies: async () => (await import('./replies.ts')).replies(),
  'files-rules': async () => (await import('./files-rules.ts')).filesRules(),
  'files-throughput': async () => (await import('./files-throughput.ts')).filesThroughput(),
};

const REPORT = 'dist/reports/bench.md';

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((name) => !(name in BENCHMARKS));
  if (unknown.length > 0) {
    console.error(
      `No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}.`,
    );
    return 2;
  }
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}. Times are of this machine on this day; the ratios are what to compare.`;
  const sections: string[] = [`# Bench\n\n${machine}\n`];
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const text = markdown(await run());
    console.log(text);
    sections.push(text);
  }
  if (asked.length > 0) return 0;
  mkdirSync('dist/reports', { recursive: true });
  writeFileSync(REPORT, sections.join('\n'));
  console.log(`Written to ${REPORT}`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
