import { type LoadedSpec, loadSpec } from '../../../../runtime/files/spec/load.ts';

/** Documents for tests: JSON is YAML, so a value is a document. */

export const FIELD = { name: 'id', type: 'texto' };
export const CATALOG = {
  name: 'A',
  description: 'a',
  filename: 'a.csv',
  file_format: { type: 'CSV', delimiter: ',' },
  fields: [FIELD],
};
export const PACKAGE = { name: 'P', description: 'p', file_format: { type: 'CSV' }, catalogs: ['a'] };
export const HEAD = { name: 'n', description: 'd', version: '1', author: 'x' };

/** One catalog `a` and one package `p`, changed in places. */
export const documentOf = ({
  head = {},
  catalog = {},
  format = {},
  fields = [FIELD],
  pack = {},
  more = {},
}: {
  head?: object;
  catalog?: object;
  format?: object;
  fields?: readonly object[];
  pack?: object;
  more?: object;
} = {}): string =>
  JSON.stringify({
    sage_yaml: { ...HEAD, ...head },
    catalogs: { a: { ...CATALOG, file_format: { ...CATALOG.file_format, ...format }, fields, ...catalog } },
    packages: { p: { ...PACKAGE, ...pack } },
    ...more,
  });

/** `code path` of every problem. */
export const found = (text: string): readonly string[] => codes(loadSpec(text));

export const codes = ({ problems }: LoadedSpec): readonly string[] =>
  problems.map(({ code, path, severity }) => `${severity === 'error' ? '' : '~'}${code} ${path}`.trim());
