import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSpec } from '../../runtime/files/spec/load.ts';
import { hookline } from './capture.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hookline-spec-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (name: string, text: string | Uint8Array): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const files = (...args: readonly string[]) => hookline(['files', ...args], { environment: {} });

const EXAMPLE = 'examples/files/pedidos-diarios.yaml';

describe('hookline files validate-spec', () => {
  test('files T28: exits with 0 for a valid specification and says what it holds', async () => {
    expect(await files('validate-spec', EXAMPLE)).toEqual({
      exitCode: 0,
      out: `${EXAMPLE} es válida (catálogos: 2, paquetes: 1, avisos: 0).\n`,
      error: '',
    });
    const json = await files('validate-spec', EXAMPLE, '--json');
    expect(JSON.parse(json.out)).toEqual({ file: EXAMPLE, valid: true, problems: [] });
  });

  test('files T28: exits with 1 and shows each problem with its line and what to do', async () => {
    const file = written(
      'bad.yaml',
      readFileSync(EXAMPLE, 'utf8').replace('[clientes, pedidos]', '[clientes, pedido]'),
    );
    const line =
      readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((each) => each.includes('[clientes, pedido]')) + 1;
    const { exitCode, out, error } = await files('validate-spec', file);
    expect(exitCode).toBe(1);
    expect(out.split('\n').slice(0, 3)).toEqual([
      `${file}:${line}:26: error: No hay un catálogo pedido. El más parecido es pedidos: corrige el nombre o añade el catálogo. [SPEC_UNKNOWN_CATALOG]`,
      '        catalogs: [clientes, pedido]',
      '                             ^',
    ]);
    expect(error).toBe(
      'error: La especificación no es válida (errores: 1). Corrígelos y vuelve a enviarla.\n',
    );
    const json = await files('validate-spec', file, '--json', '--locale', 'en');
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.out).problems[0]).toEqual({
      code: 'SPEC_UNKNOWN_CATALOG',
      severity: 'error',
      path: 'packages.diario.catalogs[1]',
      line,
      column: 26,
      message: 'There is no catalog pedido. The nearest one is pedidos: correct the name or add the catalog.',
      values: { id: 'pedido', nearest: 'pedidos' },
    });
  });

  test('warnings do not refuse', async () => {
    const file = written('warned.yaml', readFileSync(EXAMPLE, 'utf8').replaceAll('type: CSV', 'type: csv'));
    const { exitCode, out } = await files('validate-spec', file);
    expect(exitCode).toBe(0);
    expect(out).toContain('aviso: csv se entiende, pero se escribe CSV. [SPEC_TYPE_CASE]');
    expect(out).toContain('avisos: 2');
  });

  test('long lines are cut around the place, and nothing moves the cursor', async () => {
    const file = written('long.yaml', `x: 1\n${'a: "\\e[31m", '.repeat(1)}${'k'.repeat(300)}: [1, 2\n`);
    const { out } = await files('validate-spec', file);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    for (const line of out.split('\n').filter((each) => each.startsWith('    ')))
      expect(line.length).toBeLessThan(110);
  });

  test('the language is that of --locale, else of SAGE_LOCALE', async () => {
    const english = await hookline(['files', 'validate-spec', EXAMPLE], {
      environment: { SAGE_LOCALE: 'en' },
    });
    expect(english.out).toBe(`${EXAMPLE} is valid (catalogs: 2, packages: 1, warnings: 0).\n`);
    expect((await files('validate-spec', EXAMPLE, '--locale', 'fr')).exitCode).toBe(2);
  });

  test('a file that is not there, or is a folder', async () => {
    expect(await files('validate-spec', 'nowhere.yaml')).toMatchObject({
      exitCode: 1,
      error: 'error: There is no file nowhere.yaml: check its name and the folder that you are in.\n',
    });
    expect((await files('validate-spec', folder)).error).toContain('is a folder: name one file.');
  });
});

describe('hookline files infer-spec', () => {
  test('prints a specification that is valid', async () => {
    const file = written('ventas.csv', 'id|total\n1|2.5\n2|3\n');
    const { exitCode, out } = await files('infer-spec', file);
    expect(exitCode).toBe(0);
    expect(loadSpec(out).spec?.catalogs.get('ventas')?.format).toMatchObject({
      delimiter: '|',
      header: true,
    });
    const json = JSON.parse((await files('infer-spec', file, '--json')).out);
    expect(json).toMatchObject({
      text: out,
      catalogs: [{ id: 'ventas', delimiter: '|', hasHeader: true, rowCount: 2 }],
    });
  });

  test('--out writes it, and never over a file', async () => {
    const file = written('x.csv', 'id,total\n1,2\n');
    const target = path.join(folder, 'made.yaml');
    const first = await files('infer-spec', file, '--out', target);
    expect(first.out).toContain(`hookline files validate-spec ${target}`);
    expect((await files('validate-spec', target)).exitCode).toBe(0);
    const second = await files('infer-spec', file, '--out', target);
    expect(second).toMatchObject({ exitCode: 1, out: '' });
    expect(second.error).toContain(`${target} is there already`);
  });

  test('a ZIP is a package of its members', async () => {
    const zip = written(
      'd.zip',
      zipSync({ 'a.csv': strToU8('id,total\n1,2\n'), 'b.csv': strToU8('x;y\n1;2\n') }),
    );
    const { spec } = loadSpec((await files('infer-spec', zip)).out);
    expect(spec?.packages.get('entrega')).toMatchObject({ type: 'ZIP', catalogs: ['a', 'b'] });
    expect((await files('infer-spec', zip, zip)).error).toContain('es un ZIP y viene con otros archivos');
  });

  test('what cannot be read is told in words', async () => {
    expect((await files('infer-spec', written('e.csv', ''))).error).toContain('no tiene filas');
    expect((await files('infer-spec', written('e.xlsx', 'x'))).error).toContain('no es un libro .xlsx');
    expect((await files('infer-spec', written('f.csv', 'a'), '--rows', '0')).exitCode).toBe(2);
  });
});

describe('hookline files convert-spec', () => {
  const OLD = `catalog:
  name: Ventas
  filename: ventas.csv
  delimiter: ","
  owner: x
  fields: [{name: cliente, type: text}]
`;

  test('prints the document, and on the other stream what was left out', async () => {
    const file = written('old.yaml', OLD);
    const { exitCode, out, error } = await files('convert-spec', file);
    expect(exitCode).toBe(0);
    expect(loadSpec(out).spec?.catalogs.has('ventas')).toBe(true);
    expect(error).toContain(`${file}:5:3: aviso: La clave owner no tiene equivalente`);
    const json = JSON.parse((await files('convert-spec', file, '--json')).out);
    expect(json).toMatchObject({ text: out, problems: [{ file, code: 'CONVERT_KEY_DROPPED', line: 5 }] });
  });

  test('exits with 1 where the result needs mending, and gives it all the same', async () => {
    const file = written('old-bad.yaml', OLD.replace('type: text', 'type: colour'));
    const target = path.join(folder, 'converted.yaml');
    const { exitCode, error } = await files('convert-spec', file, '--out', target);
    expect(exitCode).toBe(1);
    expect(error).toContain('errores: 1');
    expect(readFileSync(target, 'utf8')).toContain('type: colour');
    expect((await files('convert-spec', EXAMPLE)).exitCode).toBe(1);
  });
});

describe('hookline files explain-rule', () => {
  test('explains one rule by its name or id, or all', async () => {
    const one = await files('explain-rule', EXAMPLE, 'cantidad positiva');
    expect(one.exitCode).toBe(0);
    expect(one.out).toContain('cantidad positiva (pedidos.cantidad.1)\n');
    expect((await files('explain-rule', EXAMPLE, 'pedidos.cantidad.1')).out).toBe(one.out);
    const all = await files('explain-rule', EXAMPLE);
    expect(all.out).toContain(one.out);
    expect(all.out).toContain('cliente conocido (diario.package_validation.1)\n');
    const json = JSON.parse((await files('explain-rule', EXAMPLE, '--json')).out);
    expect(json.map(({ id, level, severity }: Record<string, string>) => [id, level, severity])).toEqual([
      ['pedidos.cantidad.1', 'field', 'error'],
      ['diario.package_validation.1', 'package', 'warning'],
    ]);
  });

  test('a rule that is not there, or a specification that is refused', async () => {
    expect(await files('explain-rule', EXAMPLE, 'cantidad positva')).toEqual({
      exitCode: 1,
      out: '',
      error: 'error: No hay ninguna regla cantidad positva. La más parecida es cantidad positiva.\n',
    });
    const file = written('refused.yaml', readFileSync(EXAMPLE, 'utf8').replace('cantidad > 0', 'import os'));
    const { exitCode, out, error } = await files('explain-rule', file);
    expect([exitCode, out]).toEqual([1, '']);
    expect(error).toContain('[RULE_UNSUPPORTED]');
  });
});
