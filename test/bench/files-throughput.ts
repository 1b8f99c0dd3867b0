import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleContenders, hasTaskset, type Measured, measure } from './files/child.ts';
import { duckdb, type Peer, python } from './files/peers.ts';
import { writeSet } from './files/performance-set.ts';
import { writeRulesCsv, writeRulesXlsx } from './files/rules-set.ts';
import { type Section, table } from './section.ts';

/**
 * Contract files T54 and §6.3. `FILES_BENCH_ROWS=10000000` measures the ten-million-row files, too; they need 2 GB of
 * disk and some minutes.
 */

const ROWS = 1_000_000;
const ROUNDS = 3;
/** frictionless takes minutes for a million rows. */
const SLOW_PEER_ROWS = 100_000;
const XLSX_ROWS = 200_000;
const LEAST_SPEED = 0.6;
const MOST_MEMORY = 1.5;
const MOST_GROWTH_MB = 50;
const REPORT = 'dist/reports/files-throughput';

interface Row {
  readonly name: string;
  readonly measured: Measured;
}

interface Bench {
  readonly folder: string;
  readonly script: string;
  readonly isLong: boolean;
}

export async function filesThroughput(): Promise<Section> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-bench-'));
  try {
    const script = await bundleContenders(folder);
    const bench: Bench = { folder, script, isLong: Number(process.env.FILES_BENCH_ROWS ?? 0) >= 10 * ROWS };
    const file = path.join(folder, `set-${ROWS}.csv`);
    await writeSet(file, ROWS);
    const rounds = await duel(script, file);
    const verdict = verdictOf(rounds.floor, rounds.ours);
    const peers = await runPeers(bench, file, rounds.floor);
    const growth = await growthOf(bench, rounds.ours);
    const figures = await reportedFigures(bench);
    const { size } = await stat(file);
    return written({ size, rounds, verdict, peers, growth, figures });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const own = (script: string, name: string, file: string): readonly string[] => [
  process.execPath,
  script,
  name,
  file,
];

/** Floor and ours in turn, the best of each: other work on the machine only ever makes them slower. */
async function duel(script: string, file: string): Promise<{ floor: Measured; ours: Measured }> {
  const best: { floor?: Measured; ours?: Measured } = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const name of ['floor', 'ours'] as const) {
      const measured = await measure(own(script, name, file));
      if (measured.cpuMs < (best[name]?.cpuMs ?? Number.POSITIVE_INFINITY)) best[name] = measured;
    }
  const { floor, ours } = best;
  if (!floor || !ours) throw new Error('nothing was measured');
  return { floor, ours };
}

interface Verdict {
  readonly speed: number;
  readonly memory: number;
  readonly isSame: boolean;
}

function verdictOf(floor: Measured, ours: Measured): Verdict {
  const isSame = isSameAs(ours, floor);
  if (!isSame) throw new Error('files T54: ours and the floor found different failures');
  return { speed: floor.cpuMs / ours.cpuMs, memory: ours.rssMb / floor.rssMb, isSame };
}

const isSameAs = (one: Measured, other: Measured): boolean =>
  one.records === other.records && one.count === other.count && one.digest === other.digest;

interface Peers {
  readonly rows: readonly (readonly string[])[];
  readonly missing: readonly string[];
}

async function runPeers({ script, folder }: Bench, file: string, floor: Measured): Promise<Peers> {
  const rows: string[][] = [];
  const missing: string[] = [];
  const run = async (name: string, peer: Peer, reference: Measured): Promise<void> => {
    try {
      if ('missing' in peer) throw new Error(peer.missing);
      const measured = await measure(peer.command);
      rows.push([...columns({ name, measured }), isSameAs(measured, reference) ? 'the same' : 'others']);
    } catch (error) {
      const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
      missing.push(`${name}: ${why}`);
      console.error(`NOT MEASURED: ${name}. ${why}`);
    }
  };
  await run('papaparse, by hand', { command: own(script, 'papaparse', file) }, floor);
  await run('csv-parse + zod', { command: own(script, 'csv-parse-zod', file) }, floor);
  await run('DuckDB, 1 thread', duckdb(script, file), floor);
  await run('pandas', python('pandas', file), floor);
  const small = path.join(folder, `set-${SLOW_PEER_ROWS}.csv`);
  await writeSet(small, SLOW_PEER_ROWS);
  const smallFloor = await measure(own(script, 'floor', small));
  await run(`frictionless, ${SLOW_PEER_ROWS} rows`, python('frictionless', small), smallFloor);
  return { rows, missing };
}

async function growthOf({ script, folder, isLong }: Bench, ours: Measured): Promise<string> {
  if (!isLong)
    return 'Ten million rows were not measured: `FILES_BENCH_ROWS=10000000 npm run bench -- files-throughput` does it.';
  const file = path.join(folder, 'set-long.csv');
  await writeSet(file, 10 * ROWS);
  const long = await measure(own(script, 'ours', file));
  await rm(file);
  const grown = long.rssMb - ours.rssMb;
  return `From 1 M to 10 M rows the memory grows by ${grown.toFixed(0)} MB (target: at most ${MOST_GROWTH_MB}); 10 M rows take ${seconds(long)} s at ${long.rssMb.toFixed(0)} MB.`;
}

/** Contract files §6.3, reported beside the targets and never asserted. */
async function reportedFigures({ script, folder, isLong }: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const run = async (name: string, file: string, write: (file: string) => Promise<void>) => {
    const at = path.join(folder, file);
    await write(at);
    rows.push({ name, measured: await measure(own(script, 'rules', at)) });
    await rm(at);
  };
  await run('1 M × 12, 10 rules, 1 unique', 'rules.csv', (file) => writeRulesCsv(file, ROWS));
  await run('XLSX 200 k × 12, the same', 'rules.xlsx', (file) => writeRulesXlsx(file, XLSX_ROWS));
  if (isLong) await run('10 M × 12, the same', 'rules-long.csv', (file) => writeRulesCsv(file, 10 * ROWS));
  return rows;
}

const seconds = ({ cpuMs }: Measured): string => (cpuMs / 1000).toFixed(2);

const columns = ({ name, measured }: Row): string[] => [
  name,
  String(Math.round(measured.records / (measured.cpuMs / 1000))),
  seconds(measured),
  measured.rssMb.toFixed(0),
  String(measured.count),
  measured.blockMs === undefined ? '' : measured.blockMs.toFixed(0),
];

const HEAD = ['contender', 'rows/s', 'CPU s', 'RSS MB', 'failures', 'longest block ms'];

interface Results {
  readonly size: number;
  readonly rounds: { readonly floor: Measured; readonly ours: Measured };
  readonly verdict: Verdict;
  readonly peers: Peers;
  readonly growth: string;
  readonly figures: readonly Row[];
}

function written(results: Results): Section {
  const { size, rounds, verdict, peers, growth, figures } = results;
  const met = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');
  const section: Section = {
    title: 'Files: throughput (T54)',
    body: [
      `${ROWS} rows of 8 columns, ${(size / 1e6).toFixed(0)} MB, 7 declarative checks beside the types, every failure with its line. Each in a process of its own, ${hasTaskset() ? 'kept on one core' : 'NOT KEPT ON ONE CORE: there is no taskset'}; rows per second of processor time, which other work on the machine does not count into.`,
      table(
        [...HEAD, 'found'],
        [
          [...columns({ name: 'floor: bare reader, by hand', measured: rounds.floor }), 'the same'],
          [...columns({ name: 'ours', measured: rounds.ours }), 'the same'],
          ...peers.rows,
        ],
      ),
      `Ours has ${(verdict.speed * 100).toFixed(0)} % of the floor's speed (target: at least ${LEAST_SPEED * 100} %, ${met(verdict.speed >= LEAST_SPEED)}) with ${verdict.memory.toFixed(2)} times its memory (target: at most ${MOST_MEMORY}, ${met(verdict.memory <= MOST_MEMORY)}); the same counts and lines.`,
      ...(peers.missing.length > 0 ? [`NOT MEASURED: ${peers.missing.join('; ')}`] : []),
      growth,
      'Reported beside it (contract files §6.3), never asserted:',
      table(HEAD, figures.map(columns)),
    ],
  };
  mkdirSync('dist/reports', { recursive: true });
  writeFileSync(`${REPORT}.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${REPORT}.md`, `## ${section.title}\n\n${section.body.join('\n\n')}\n`);
  return section;
}
