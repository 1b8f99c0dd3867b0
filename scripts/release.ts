import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { bundledPackages, onlyPackages, type Sbom } from './sbom.ts';

/**
 * `npm run release:files`: everything a release carries, in `dist/release`: the function zips, one tarball for
 * each Terraform module, the npm package, an SBOM of what is inside them, and the checksums of all.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}dist/release`;
const npm = (...args: string[]): string =>
  execFileSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** The same files give the same bytes: sorted names, fixed times and owners. Needs GNU tar. */
function tarball(folder: string, file: string): void {
  const fixed = ['--sort=name', '--mtime=1980-01-01T00:00:00Z', '--owner=0', '--group=0', '--numeric-owner'];
  const tar = execFileSync('tar', [...fixed, '--mode=u=rwX,go=rX', '-cf', '-', '-C', folder, '.'], {
    maxBuffer: 1e9,
  });
  writeFileSync(file, execFileSync('gzip', ['-n9'], { input: tar, maxBuffer: 1e9 }));
}

function writeSbom(): void {
  const metafiles = globSync(`${root}dist/bundles/{bot,replies-}*.meta.json`).map((file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  );
  const whole: Sbom = JSON.parse(npm('sbom', '--sbom-format=cyclonedx', '--package-lock-only'));
  const refs = [...bundledPackages(metafiles)].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
    return `${name}@${version}`;
  });
  const sbom = onlyPackages(whole, new Set(refs));
  writeFileSync(`${out}/sbom.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
}

function writeChecksums(): void {
  const lines = readdirSync(out)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(`${out}/${name}`))
          .digest('hex')}  ${name}\n`,
    );
  writeFileSync(`${out}/SHA256SUMS`, lines.join(''));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
npm('run', 'build');
npm('run', 'modules');
for (const zip of globSync(`${root}dist/bundles/{bot,replies-}*.zip`))
  copyFileSync(zip, `${out}/${path.basename(zip)}`);
for (const system of readdirSync(`${root}dist/modules`)) {
  tarball(`${root}dist/modules/${system}`, `${out}/hookline-${system}-module-${packageJson.version}.tar.gz`);
}
npm('pack', '--silent', '--pack-destination', out);
writeSbom();
writeChecksums();
console.log(readFileSync(`${out}/SHA256SUMS`, 'utf8').trimEnd());
