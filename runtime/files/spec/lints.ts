import type { CatalogShape, DocumentShape, PackageShape } from './shape.ts';
import type { DocumentNode, Path, Reading } from './tree.ts';
import { shown } from './wording.ts';

/** Stated good practice that does not refuse a document (contract files §4.1). What rules say is linted with the rules. */

const MAX_NAME = 30;
const RULE_LISTS = ['validation_rules', 'row_validation', 'catalog_validation', 'package_validation'];

export function lint(document: DocumentShape, root: DocumentNode, reading: Reading): void {
  const warn: Warn = (code, path, values = {}) => reading.report(code, path, values, 'warning');
  for (const [id, catalog] of document.catalogs) lintCatalog(catalog, ['catalogs', id], warn);
  for (const [id, each] of document.packages) lintPackage(each, ['packages', id], warn);
  lintUnusual(root, [], warn);
}

type Warn = (
  code: Parameters<Reading['report']>[0],
  path: Path,
  values?: Parameters<Reading['report']>[2],
) => void;

function lintCatalog(
  { fields, filename, file_format: { type } }: CatalogShape,
  path: Path,
  warn: Warn,
): void {
  for (const [index, { name }] of fields.entries()) {
    const at = [...path, 'fields', index, 'name'];
    if (name.length > MAX_NAME) warn('SPEC_NAME_LONG', at, { name: shown(name), limit: MAX_NAME });
    if (name !== '' && !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
      warn('SPEC_NAME_UNSAFE', at, { name: shown(name) });
  }
  const isWorkbook = /\.xlsx?$/i.test(filename);
  if (filename !== '' && isWorkbook !== (type === 'EXCEL'))
    warn('SPEC_EXTENSION', [...path, 'filename'], { filename: shown(filename), type });
}

function lintPackage({ catalogs, file_format: { type } }: PackageShape, path: Path, warn: Warn): void {
  if (type === 'ZIP' && catalogs.length === 1) warn('SPEC_ZIP_FOR_ONE', [...path, 'file_format', 'type']);
}

/** Types that are written in small letters and lists of rules with nothing in them, wherever they stand. */
function lintUnusual(node: DocumentNode, path: Path, warn: Warn): void {
  const key = path.at(-1);
  if (node.kind === 'scalar') {
    const isFileType = key === 'type' && path.at(-2) === 'file_format';
    if (isFileType && node.source !== node.source.toUpperCase())
      warn('SPEC_TYPE_CASE', path, { value: shown(node.source), upper: shown(node.source.toUpperCase()) });
  }
  const isEmpty =
    node.kind === 'list' ? node.items.length === 0 : node.kind === 'scalar' && node.value === null;
  if (path.length === 1 && key === 'packages' && node.kind === 'map' && node.entries.size === 0)
    warn('SPEC_NO_PACKAGES', path);
  if (isEmpty && RULE_LISTS.includes(String(key))) warn('SPEC_EMPTY_RULES', path, { key: String(key) });
  if (path.length >= 5) return;
  if (node.kind === 'map')
    for (const [name, entry] of node.entries) lintUnusual(entry.node, [...path, name], warn);
  if (node.kind === 'list')
    for (const [index, item] of node.items.entries()) lintUnusual(item, [...path, index], warn);
}
