import { checkId } from './catalog-checks.ts';
import { nearest } from './nearest.ts';
import type { PlacedRules } from './placed-rules.ts';
import type { DocumentShape, PackageShape } from './shape.ts';
import type { Path, Reading } from './tree.ts';
import { shown } from './wording.ts';

/** Checks between the parts of a document: packages and their catalogs, ids of rules. */

export function checkPackages(document: DocumentShape, reading: Reading): void {
  for (const [id, each] of document.packages) {
    const path = ['packages', id];
    checkId(id, path, reading);
    checkMembers(each, document, [...path, 'catalogs'], reading);
    const { type } = each.file_format;
    const count = new Set(each.catalogs).size;
    if (count > 1 && type !== 'ZIP')
      reading.report('SPEC_PACKAGE_ZIP', [...path, 'file_format', 'type'], { type, count });
  }
}

function checkMembers(each: PackageShape, { catalogs }: DocumentShape, path: Path, reading: Reading): void {
  const seen = new Set<string>();
  const files = new Map<string, string>();
  const { type } = each.file_format;
  for (const [index, id] of each.catalogs.entries()) {
    const catalog = catalogs.get(id);
    const at = [...path, index];
    if (id === '') continue;
    if (!catalog) {
      reading.report('SPEC_UNKNOWN_CATALOG', at, {
        id: shown(id),
        nearest: nearest(id, [...catalogs.keys()]),
      });
    } else if (seen.has(id)) reading.report('SPEC_CATALOG_TWICE', at, { id });
    else {
      const catalogType = catalog.file_format.type;
      if (type !== 'ZIP' && catalogType !== type)
        reading.report('SPEC_PACKAGE_TYPE', at, { id, type, catalog_type: catalogType });
      const file = catalog.filename.toLowerCase();
      const other = files.get(file);
      if (other !== undefined && file !== '') reading.report('SPEC_FILENAME_TWICE', at, { id, other, file });
      files.set(file, id);
    }
    seen.add(id);
  }
}

export function checkRuleIds(rules: PlacedRules, reading: Reading): void {
  const seen = new Set<string>();
  for (const [{ id }, path] of rules) {
    if (id === undefined) continue;
    if (seen.has(id)) reading.report('SPEC_RULE_ID_TWICE', [...path, 'id'], { id: shown(id) });
    seen.add(id);
  }
}
