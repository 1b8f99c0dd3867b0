import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const tsc = path.resolve('node_modules/typescript/bin/tsc');

describe('the published package, installed alone in an empty folder', () => {
  let folder: string;
  let app: string;
  const inApp = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: app, encoding: 'utf8', stdio: 'pipe' });

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hookline-package-'));
    app = path.join(folder, 'app');
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { stdio: 'pipe' });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    cpSync('test/repo/package-consumer', app, { recursive: true });
    // Offline: it works only because nothing but the package itself is needed.
    inApp('npm', 'install', '--offline', '--no-audit', '--no-fund', `../${tarball}`);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('it has no mandatory dependency', () => {
    expect(packageJson).not.toHaveProperty('dependencies');
    expect(readdirSync(path.join(app, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'hookline',
    ]);
  });

  test('it carries what runs, its types, the readme and the licence, and no sources or tests', () => {
    const files = readdirSync(path.join(app, 'node_modules/hookline'), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'dist/package/cli/main.js']));
    expect(files.filter((name) => /(^|\/)(test|local|modules)\//.test(name))).toEqual([]);
    expect(files.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  test('every subpath can be imported without an AWS client', () => {
    const subpaths = Object.keys(packageJson.exports).filter((name) => !name.endsWith('.json'));
    const names = subpaths.map((name) => name.replace('.', 'hookline'));
    const script = `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(await import(name)).join());`;
    writeFileSync(path.join(app, 'import.mjs'), script);
    const printed = inApp(process.execPath, 'import.mjs');
    expect(printed).toContain('hookline/bot buildLambdaHandler');
    expect(printed.trim().split('\n')).toHaveLength(names.length);
  });

  test('three lines make a handler, and its types are checked', () => {
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    inApp(process.execPath, tsc, ...options, 'handler.ts');
    let complaint = '';
    try {
      inApp(process.execPath, tsc, ...options, 'wrong.ts');
    } catch (error) {
      complaint = (error as { stdout: string }).stdout;
    }
    expect(complaint).toMatch(/wrong\.ts\(\d+,\d+\): error TS2339: Property 'txet' does not exist/);
  });

  test('the command runs, and says what building needs', () => {
    const command = path.join(app, 'node_modules/.bin/hookline');
    expect(inApp(command, '--version')).toBe(`${packageJson.version}\n`);
    expect(() => inApp(command, 'bot', 'build', '--agent', 'handler.ts')).toThrow(
      /npm install --save-dev esbuild/,
    );
  });
});

test('optional peers are exactly the peers', () => {
  expect(Object.keys(packageJson.peerDependenciesMeta)).toEqual(Object.keys(packageJson.peerDependencies));
  for (const { optional } of Object.values(packageJson.peerDependenciesMeta)) expect(optional).toBe(true);
});
