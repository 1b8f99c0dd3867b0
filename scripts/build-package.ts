import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { buildPage } from '../cli/page/build.ts';
import packageJson from '../package.json' with { type: 'json' };

/** Builds what `npm pack` publishes: every subpath bundled, its declarations beside it. */

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = `${root}dist/package`;

/** The files that a user imports, that the command bundles from, and the command itself. */
const entryPoints = [
  'runtime/bot/index.ts',
  'runtime/bot/testing/index.ts',
  'modules/index.ts',
  'runtime/bot/handler.ts',
  'runtime/bot/worker-handler.ts',
  'runtime/bot/entries/ingress.ts',
  'runtime/bot/entries/worker.ts',
  'runtime/bot/entries/bot.ts',
  'runtime/replies/index.ts',
  'runtime/replies/entries/sweeper.ts',
  'runtime/replies/entries/webhook.ts',
  'runtime/replies/entries/worker.ts',
  'runtime/files/index.ts',
  'runtime/files/entries/detector.ts',
  'runtime/files/entries/pool-worker.ts',
  'runtime/files/entries/worker.ts',
  'runtime/build.ts',
  'cli/main.ts',
  'cli/index.ts',
];

/** The provider's resources are folders, which Node does not import without the name of the file. */
const providerFiles: Plugin = {
  name: 'provider-files',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^@cdktf\/provider-aws\/lib\/[\w-]+$/ }, ({ path }) => ({
      path: `${path}/index.js`,
      external: true,
    })),
};

rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints,
  outbase: root,
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // AWS clients, esbuild and the like are the user's own copies.
  external: Object.keys(packageJson.peerDependencies),
  // Packages in CommonJS call `require`, which an ES module does not have.
  banner: {
    js: "import{createRequire as makeRequire$}from'node:module';const require=makeRequire$(import.meta.url);",
  },
  plugins: [providerFiles],
  logLevel: 'warning',
});
// The dashboard's page, ready to be sent: esbuild is not there where the package runs.
const page = await buildPage(`${root}cli/dashboard/page`);
mkdirSync(`${outdir}/cli/dashboard-page`, { recursive: true });
for (const [name, { body }] of page) writeFileSync(`${outdir}/cli/dashboard-page/${name}`, body);
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.package.json`],
  { stdio: 'inherit' },
);
