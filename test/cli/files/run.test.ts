import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hookline } from '../capture.ts';

const SPEC = `sage_yaml: {name: Pedidos, description: d, version: "1", author: a}
catalogs:
  pedidos:
    name: Pedidos
    description: d
    filename: pedidos.csv
    file_format: {type: CSV, delimiter: ";", header: true}
    fields:
      - {name: id, type: texto, required: true}
      - name: cantidad
        type: entero
        validation_rules:
          - {name: positiva, description: Debe ser positiva, rule: cantidad > 0, severity: error}
          - {name: pequeña, description: Parece mucha, rule: cantidad < 100, severity: warning}
packages:
  pedidos: {name: Pedidos, description: d, file_format: {type: CSV}, catalogs: [pedidos]}
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hookline-run-'));
  await writeFile(at('pedidos.yaml'), SPEC);
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);

async function files(rows: string, ...flags: readonly string[]) {
  await writeFile(at('pedidos.csv'), `id;cantidad\n${rows}`);
  return run(at('pedidos.yaml'), at('pedidos.csv'), ...flags);
}

const run = (...args: readonly string[]) => hookline(['files', 'run', ...args, '--out', at('executions')]);

describe('files T52: exit codes', () => {
  test('files T52: a clean delivery: 0', async () => {
    const { exitCode, out, error } = await files('a;1\nb;2\n', '--uuid', 'e1');
    expect(error).toBe('');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /Ejecución +e1\nResultado +✔ Éxito\nRegistros +2 .*100 %\)\nErrores +0\nAdvertencias +0\n/,
    );
    expect(out).toContain(at('executions/e1/out'));
  });

  test('files T52: warnings: 0', async () => {
    const { exitCode, out } = await files('a;500\n');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/▲ Parcial[\s\S]*Advertencias +1\n/);
  });

  test('files T52: errors in the data: 1, and the reports are there', async () => {
    const { exitCode, out, error } = await files('a;-1\n;x\n', '--uuid', 'e2', '--locale', 'en');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/✖ Failed[\s\S]*Errors +3\n/);
    expect(error).toContain('The delivery has 3 errors');
    expect(await readdir(at('executions/e2/out'))).toEqual(
      expect.arrayContaining([
        'output.csv',
        'output.rejected.csv',
        'report.html',
        'report.json',
        'results.txt',
      ]),
    );
  });

  test('files T52: a specification that cannot be used: 2, with its problems', async () => {
    await writeFile(at('pedidos.yaml'), SPEC.replace('type: entero', 'type: foo'));
    const { exitCode, error } = await files('a;1\n');
    expect(exitCode).toBe(2);
    expect(error).toMatch(/pedidos\.yaml:11:15: /);
    expect(error).toContain('type: foo');
  });

  test('files T52: a file that is not there: 2, and it is named', async () => {
    const missing = await run(at('pedidos.yaml'), at('nothing.csv'));
    expect(missing.exitCode).toBe(2);
    expect(missing.error).toContain('nothing.csv');
    expect((await run(at('nothing.yaml'), at('pedidos.csv'))).exitCode).toBe(2);
  });
});

test('the result as JSON is the result and nothing else', async () => {
  const { out } = await files('a;-1\n', '--json', '--uuid', 'e3');
  expect(JSON.parse(out)).toMatchObject({ execution_id: 'e3', verdict: 'Fallido', exit_code: 1 });
});

test('what is said about the sender stands in the report', async () => {
  const sender = ['--casilla-id', '7', '--emisor-id', '8', '--metodo-envio', 'sftp', '--uuid', 'e4'];
  await files('a;1\n', ...sender);
  const report = JSON.parse(await readFile(at('executions/e4/out/report.json'), 'utf8'));
  expect(report.execution_info).toMatchObject({ casilla_id: 7, emisor_id: 8, metodo_envio: 'sftp' });
});

test.each([
  [['--uuid', '../x'], /--uuid takes/],
  [['--metodo-envio', 'fax'], /email, sftp/],
  [['--casilla-id', '1.5'], /whole number/],
])('a bad option is refused before anything is read: %j', async (flags, sentence) => {
  const { exitCode, error } = await files('a;1\n', ...flags);
  expect(exitCode).toBe(2);
  expect(error).toMatch(sentence);
  await expect(readdir(at('executions'))).rejects.toThrow();
});
