import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BOT_INPUTS } from '../../modules/bot/inputs.ts';
import { BOT_OUTPUTS } from '../../modules/bot/outputs.ts';
import { snakeCase } from '../../modules/parts/names.ts';
import { REPLIES_INPUTS } from '../../modules/replies/inputs.ts';
import { REPLIES_OUTPUTS } from '../../modules/replies/outputs.ts';
import { readSettings } from '../../modules/settings.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { hookline } from '../cli/capture.ts';
import { anchors, blocksOf, type CodeBlock, localLinks, pages, readPage, section } from './markdown.ts';

/** What the README and the pages under docs/ show must work. */

const folder = mkdtempSync(path.join(tmpdir(), 'hookline-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const nameOf = ({ file, line }: CodeBlock) => `${file}:${line}`;

/** Blocks of these languages; a page that lost them all would make a test empty. */
function someBlocks(...languages: readonly string[]): CodeBlock[] {
  const blocks = blocksOf(...languages);
  expect(blocks.length, languages.join()).toBeGreaterThan(0);
  return blocks;
}

test('TypeScript compiles as a user would compile it', () => {
  const root = process.cwd();
  for (const block of someBlocks('ts'))
    writeFileSync(path.join(folder, `${nameOf(block).replaceAll(/\W/g, '_')}.ts`), block.text);
  const settings = {
    extends: path.join(root, 'tsconfig.json'),
    compilerOptions: {
      paths: {
        'hookline/bot': [path.join(root, 'runtime/bot/index.ts')],
        'hookline/files': [path.join(root, 'runtime/files/index.ts')],
        'hookline/testing': [path.join(root, 'runtime/bot/testing/index.ts')],
      },
      typeRoots: [path.join(root, 'node_modules/@types')],
    },
    include: [path.join(folder, '*.ts')],
    exclude: [],
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(settings));
  const tsc = path.resolve('node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('JSON is JSON, and settings are settings', () => {
  const blocks = someBlocks('json').map((block) => ({ block, value: JSON.parse(block.text) }));
  const settings = blocks.filter(({ value }) => 'bot' in value);
  expect(settings).not.toEqual([]);
  for (const { block } of settings) {
    const file = path.join(folder, 'hookline.json');
    writeFileSync(file, block.text);
    expect(() => readSettings(file), nameOf(block)).not.toThrow();
  }
});

test('shell commands have the grammar of a shell', () => {
  for (const block of someBlocks('sh')) {
    const { stderr } = spawnSync('bash', ['-n'], { input: block.text, encoding: 'utf8' });
    expect(stderr, nameOf(block)).toBe('');
  }
});

const MODULES: Readonly<Record<string, { readonly inputs: object; readonly outputs: object }>> = {
  bot: { inputs: BOT_INPUTS, outputs: BOT_OUTPUTS },
  replies: { inputs: REPLIES_INPUTS, outputs: REPLIES_OUTPUTS },
};

test('HCL sets only inputs that the module has, and reads only its outputs', () => {
  for (const block of someBlocks('hcl')) {
    for (const [, called = '', body = ''] of block.text.matchAll(/^module "(\w+)" \{\n([\s\S]*?)^\}/gm)) {
      const { inputs } = MODULES[called] ?? { inputs: BOT_INPUTS };
      const known = [...Object.keys(inputs).map(snakeCase), 'source', 'for_each', 'providers'];
      for (const [, name = ''] of body.matchAll(/^ {2}(\w+)\s*=/gm))
        expect(known, `${nameOf(block)} ${name}`).toContain(name);
    }
    for (const [, called = '', name = ''] of block.text.matchAll(/module\.(bot|replies)\.(\w+)/g))
      expect(Object.keys(MODULES[called]?.outputs ?? {}), nameOf(block)).toContain(name);
  }
});

test('links lead somewhere', () => {
  for (const page of pages()) {
    for (const link of localLinks(page)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      expect(existsSync(target), `${page} → ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchors(target), `${page} → ${link}`).toContain(anchor);
    }
  }
});

test('npm scripts exist', () => {
  const named = pages()
    .map(readPage)
    .flatMap((text) => [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)])
    .map(([, script, short]) => script ?? short);
  expect(named).toContain('build');
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
});

test('the command has the subcommands and options that are shown', async () => {
  const shown = pages()
    .map(readPage)
    .flatMap((text) => [
      ...text.matchAll(
        /(?:npx |`)hookline ((?:bot|replies|status|trace)(?: [a-z][a-z-]*(?=[\s`]|$))*)([^`\n]*)/g,
      ),
    ]);
  expect(shown.length).toBeGreaterThan(20);
  for (const [line, name = '', rest = ''] of shown) {
    const { exitCode, out } = await hookline([...name.split(' '), '--help']);
    expect(exitCode, line).toBe(0);
    // The parent's help would answer for a command that is not there.
    expect(out, line).toContain(`Usage: hookline ${name}`);
    for (const [option] of rest.replaceAll(/([#|]|[,.:] ).*/g, '').matchAll(/(?<=\s)--[\w-]+/g))
      expect(out, line).toMatch(new RegExp(`${option}(?![\\w-])`));
  }
});

test('npm start has the options that are shown', () => {
  const help = execFileSync(process.execPath, ['--import', 'tsx', 'local/start.ts', '--help'], {
    encoding: 'utf8',
  });
  for (const page of pages())
    for (const [line, options = ''] of readPage(page).matchAll(/npm start -- (--[\w-]+)/g))
      expect(help, `${page}: ${line}`).toContain(options);
});

test('the guarantee has the same words everywhere', () => {
  const guarantee = section('README.md', 'The guarantee').trim().split('\n\n').slice(0, 1);
  expect(guarantee[0]).toMatch(/^Each event is decided once\..* No lock outlives its expiry\.$/);
  for (const page of ['docs/bot.md', 'docs/replies.md']) expect(readPage(page), page).toContain(guarantee[0]);
});
