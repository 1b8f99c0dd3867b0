import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadSpec } from '../../../runtime/files/spec/load.ts';
import { SET_DOCUMENT } from './performance-set.ts';
import { rulesDocument } from './rules-set.ts';

/** One contender in a process of its own: `contender <name> <file> [folder of peers]` prints what it found, and what it took, as JSON. */

const [, , name = '', file = '', folder = ''] = process.argv;

async function run() {
  const catalog = loadSpec(SET_DOCUMENT).spec?.catalogs.get('pedidos');
  if (!catalog) throw new Error('the document of the performance set does not load');
  switch (name) {
    case 'floor':
      return (await import('./floor.ts')).floor(file, catalog);
    case 'papaparse':
      return (await import('./papaparse-floor.ts')).papaparseFloor(file);
    case 'ours':
      return (await import('./ours.ts')).ours(file, SET_DOCUMENT);
    case 'ours-outputs':
      return (await import('./ours.ts')).ours(file, SET_DOCUMENT, true);
    case 'rules':
      return (await import('./ours.ts')).ours(file, rulesDocument(file.endsWith('.csv') ? 'CSV' : 'EXCEL'));
    case 'duckdb':
      return (await import('./duckdb-peer.ts')).duckdbPeer(file, folder);
    case 'csv-parse-zod':
      return (await import('./csv-parse-zod.ts')).csvParseZod(file);
    default:
      throw new Error(`no contender is called ${name}`);
  }
}

const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();
const start = performance.now();
const cpuStart = process.cpuUsage();
const found = await run();
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpuStart);
const cpuMs = (user + system) / 1000;
const { records, count } = found;
const rssMb = process.resourceUsage().maxRSS / 1024;
loop.disable();
const blockMs = loop.max / 1e6;
console.log(JSON.stringify({ ms, cpuMs, records, count, digest: found.digest(), rssMb, blockMs }));
