import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Section, table } from './section.ts';
import { interleaved, median, millis, ratio, timed } from './statistics.ts';

const ROUNDS = 5;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Loads cdktf and writes a stack of nothing: what no app on it can go below. */
const EMPTY_APP = `import { App, TerraformStack } from 'cdktf';
const app = new App();
new TerraformStack(app, 'empty');
app.synth();
`;

/** How long the app takes from its start to the written Terraform. */
export async function synth(): Promise<Section> {
  // Inside the project, so that its packages are found.
  const folder = await mkdtemp(path.join(ROOT, '.hookline/bench-'));
  const output = await mkdtemp(path.join(tmpdir(), 'hookline-bench-'));
  try {
    const emptyApp = path.join(folder, 'empty.ts');
    await writeFile(emptyApp, EMPTY_APP);
    const run = (file: string) => () =>
      timed(() =>
        promisify(execFile)(process.execPath, ['--import', 'tsx', file], {
          cwd: ROOT,
          env: { ...process.env, CDKTF_OUTDIR: output },
        }),
      );
    const times = await interleaved(ROUNDS, { app: run('main.ts'), empty: run(emptyApp) });
    const [app, empty] = [median(times.app), median(times.empty)];
    const rows = [
      ['main.ts with hookline.json', millis(app), millis(Math.min(...times.app)), ratio(app, empty)],
      ['an app of one empty stack', millis(empty), millis(Math.min(...times.empty)), ratio(empty, empty)],
    ];
    return {
      title: 'Synthesis',
      body: [
        table(['app', 'median', 'min', ': empty stack'], rows),
        `Whole processes, ${ROUNDS} of each kind in turn.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(output, { recursive: true, force: true });
  }
}
