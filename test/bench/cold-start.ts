import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildBundles } from '../../runtime/build.ts';
import { initMillis, interfaceEmulator } from './interface-emulator.ts';
import { type Section, table } from './section.ts';
import { interleaved, median, millis, ratio } from './statistics.ts';

const ROUNDS = 7;

/** Lambda's own init phase, from the start of the process to the first request for work. */
export async function coldStart(): Promise<Section> {
  const title = 'Cold start';
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-bench-'));
  try {
    const emulator = await interfaceEmulator().catch((error: Error) => error.message.split('\n')[0] ?? '');
    if (typeof emulator === 'string' || !emulator)
      return { title, body: [`Left out: the Runtime Interface Emulator is not there (${emulator}).`] };
    await buildBundles({ outdir: folder, entries: ['bot-ingress', 'bot-worker'] });
    const empty = path.join(folder, 'empty.mjs');
    await writeFile(empty, 'export const handler = async () => ({});\n');
    const init = (file: string) => () => initMillis(emulator.program, file);
    const times = await interleaved(ROUNDS, {
      'a handler of one line': init(empty),
      'bot-ingress': init(path.join(folder, 'bot-ingress/index.mjs')),
      'bot-worker': init(path.join(folder, 'bot-worker/index.mjs')),
    });
    const floor = median(times['a handler of one line']);
    const rows = Object.entries(times).map(([name, values]) => [
      name,
      millis(median(values)),
      millis(Math.min(...values)),
      ratio(median(values), floor),
    ]);
    return {
      title,
      body: [
        table(['function', 'init, median', 'min', ': one line'], rows),
        `Lambda's Runtime Interface Emulator with a minimal runtime client, ${ROUNDS} starts of each kind in turn, Node ${process.version}. It gives the function the whole machine: compare the ratios, not the times, with a function of 256 or 512 MB.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
