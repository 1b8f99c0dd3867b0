import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules, textRules } from './dependency-rules.ts';
import { allImports, type Import, importsOf, withoutComments } from './imports.ts';
import { sourceFiles } from './source-files.ts';

const imports = allImports();
const sources = sourceFiles().map((file) => ({ file, text: readFileSync(file, 'utf8') }));

test('the scan sees the imports of the whole tree', () => {
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.map((edge) => edge.target)).toContain('runtime/core/clock.ts');
});

describe('the tree keeps the rules', () => {
  test.each(rules.map((rule) => [rule.says, rule] as const))('%s', (_says, rule) => {
    const broken = imports.filter((edge) => rule.breaks(edge));
    expect(broken.map(({ from, target }) => `${from} imports ${target}`)).toEqual([]);
  });

  test.each(textRules.map((rule) => [rule.says, rule] as const))('%s', (_says, { pattern, except }) => {
    const broken = sources.filter(({ file, text }) => !except(file) && pattern.test(withoutComments(text)));
    expect(broken.map(({ file }) => file)).toEqual([]);
  });

  test('no file is longer than 300 lines', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 301);
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});

describe('each text rule catches its breach', () => {
  test.each([
    [textRules[0], 'runtime/bot/worker.ts', 'const name = process.env.BOT_TYPE;'],
    [textRules[1], 'runtime/bot/worker.ts', 'const now = Date.now();'],
    [textRules[2], 'runtime/bot/worker.ts', 'const s3 = new S3Client({});'],
    [textRules[3], 'runtime/bot/history-file.ts', 'const rows = deserialize(bytes);'],
    [textRules[4], 'modules/bot/index.ts', "new TerraformVariable(this, 'name', {});"],
  ] as const)('$0.says', (rule, file, line) => {
    expect(rule?.except(file)).toBe(false);
    expect(rule?.pattern.test(line)).toBe(true);
  });
});

describe('each rule catches its breach', () => {
  const edge = (from: string, target: string, typeOnly = false): Import => ({ from, target, typeOnly });
  const breaches: readonly Import[] = [
    edge('cli/main.ts', 'main.ts'),
    edge('runtime/bot/worker.ts', 'local/stand-ins/graph.ts'),
    edge('runtime/bot/worker.ts', 'cdktf'),
    edge('modules/bot/index.ts', 'runtime/bot/config.ts'),
    edge('main.ts', 'runtime/bot/config.ts'),
    edge('modules/parts/queue.ts', 'modules/bot/index.ts'),
    edge('runtime/bot/worker.ts', 'runtime/replies/worker.ts'),
    edge('runtime/channels/http.ts', 'runtime/bot/job.ts'),
    edge('runtime/core/turn.ts', 'runtime/channels/http.ts'),
    edge('runtime/client/adapter.ts', 'runtime/core/lock.ts'),
    edge('modules/bot/index.ts', 'modules/bot/module.ts'),
    edge('modules/parts/queue.ts', '@cdktf/provider-aws'),
  ];

  test.each(rules.map((rule, index) => [rule.says, rule, breaches[index]] as const))(
    '%s',
    (_says, rule, breach) => {
      expect(breach).toBeDefined();
      expect(rule.breaks(breach as Import)).toBe(true);
    },
  );

  test('a type from a config file is allowed to modules, from anywhere else it is not', () => {
    const rule = rules.find(({ says }) => says.startsWith('modules import from runtime only types'));
    expect(rule?.breaks(edge('modules/bot/index.ts', 'runtime/bot/config.ts', true))).toBe(false);
    expect(rule?.breaks(edge('modules/bot/index.ts', 'runtime/bot/job.ts', true))).toBe(true);
  });
});

test('imports are read in every form, and not from comments', () => {
  const text = `
import type { A } from './a.ts';
import { type B } from '../core/b.ts';
import {
  c,
} from "c";
export * from './d.ts';
import './e.ts';
// import './comment.ts';
/* import './block.ts'; */
const f = await import('./f.ts');
const url = 'https://example.com/from';
`;
  expect(importsOf('runtime/bot/x.ts', text)).toEqual([
    { from: 'runtime/bot/x.ts', target: 'runtime/bot/a.ts', typeOnly: true },
    { from: 'runtime/bot/x.ts', target: 'runtime/core/b.ts', typeOnly: false },
    { from: 'runtime/bot/x.ts', target: 'c', typeOnly: false },
    { from: 'runtime/bot/x.ts', target: 'runtime/bot/d.ts', typeOnly: false },
    { from: 'runtime/bot/x.ts', target: 'runtime/bot/e.ts', typeOnly: false },
    { from: 'runtime/bot/x.ts', target: 'runtime/bot/f.ts', typeOnly: false },
  ]);
});
