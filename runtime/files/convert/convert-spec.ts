import { Document } from 'yaml';
import { type Locale, say } from '../messages.ts';
import { freeId, safeId } from '../spec/ids.ts';
import { readDocument } from '../spec/load.ts';
import type { DocumentNode, Reading } from '../spec/tree.ts';
import { keyPlaceOf, pathText } from '../spec/tree.ts';
import type { Problem } from '../spec/types.ts';
import { convertCatalog, convertRules, type OldCatalog } from './old-catalog.ts';
import { defined, OldMap } from './old-node.ts';

/**
 * The older dialect, one `catalog:` or `package:` a file, as one document of today (contract files §4.1): types text
 * and number, `length`, `decimals`, `validation_expression`, `message`, severities in capitals, `filename_pattern`.
 */

export interface OldFile {
  /** Its name, for ids and messages. */
  readonly name: string;
  readonly text: string;
}

export interface ConvertedSpec {
  /** Undefined: a file cannot be read, as `problems` say. It may need mending: `loadSpec` tells. */
  readonly text: string | undefined;
  /** By the file they are about. */
  readonly problems: readonly (Problem & { readonly file: string })[];
}

type Found = ConvertedSpec['problems'][number];

export function convertSpec(files: readonly OldFile[], locale: Locale): ConvertedSpec {
  const found: Found[] = [];
  const catalogs: (OldCatalog & { readonly base: string })[] = [];
  const packages: { readonly id: string; readonly old: OldMap; readonly reading: Reading }[] = [];
  for (const file of files) {
    const { root, problems } = readDocument(file.text);
    found.push(...problems.map((problem) => ({ ...problem, file: file.name })));
    if (!root) continue;
    const reading = readingOf(root, file.name, found);
    const top = new OldMap(root, []);
    const base = safeId(file.name.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, ''));
    const [catalog, pack] = [top.node('catalog'), top.node('package')];
    if (catalog) {
      const old = new OldMap(catalog.node, catalog.path);
      const id = freeId(
        safeId(old.text('id') ?? old.text('name') ?? base),
        catalogs.map((each) => each.id),
      );
      catalogs.push({ ...convertCatalog(old, id, reading), base });
    }
    if (pack) packages.push({ id: base, old: new OldMap(pack.node, pack.path), reading });
    if (!catalog && !pack) reading.report('CONVERT_ROOT', []);
    top.reportUnused(reading);
  }
  if (found.some(({ severity }) => severity === 'error')) return { text: undefined, problems: found };
  const made = packages.map(({ id, old, reading }) => [id, convertPackage(old, catalogs, reading)] as const);
  return { text: documentText(catalogs, made, locale), problems: found };
}

const readingOf = (root: DocumentNode, file: string, found: Found[]): Reading => ({
  report(code, path, values = {}, severity = 'error') {
    found.push({ code, severity, path: pathText(path), at: keyPlaceOf(root, path), values, file });
  },
});

function convertPackage(
  old: OldMap,
  catalogs: readonly (OldCatalog & { readonly base: string })[],
  reading: Reading,
): object {
  const name = old.text('name', 'id') ?? 'entrega';
  const named = old.value('catalogs');
  const ids = (Array.isArray(named) ? named : []).map((each) => {
    const wanted = safeId(
      String(each)
        .replace(/^.*[\\/]/, '')
        .replace(/\.ya?ml$/i, ''),
    );
    return catalogs.find(({ id, base }) => id === wanted || base === wanted)?.id ?? wanted;
  });
  const type = old.map('file_format', 'format').text('type') ?? old.text('file_type');
  const converted = defined({
    name,
    description: old.text('description') ?? name,
    file_format: { type: (type ?? 'ZIP').toUpperCase() },
    catalogs: ids,
    package_validation: convertRules(old, ['package_validation', 'package_validations'], name, reading),
  });
  old.reportUnused(reading);
  return converted;
}

/** Catalogs without a package are a package each. */
function documentText(
  catalogs: readonly OldCatalog[],
  packages: readonly (readonly [string, object])[],
  locale: Locale,
): string {
  const alone = catalogs.map(({ id, type }) => {
    const pack = { name: id, description: id, file_format: { type }, catalogs: [id] };
    return [id, pack] as const;
  });
  const document = new Document({
    sage_yaml: {
      name: packages[0]?.[0] ?? catalogs[0]?.id ?? '',
      description: say(locale, 'INFER_DESCRIPTION'),
      version: '1.0',
      author: say(locale, 'INFER_AUTHOR'),
    },
    catalogs: new Map(catalogs.map(({ id, catalog }) => [id, catalog])),
    packages: new Map(packages.length > 0 ? packages : alone),
  });
  document.commentBefore = ` ${say(locale, 'CONVERT_COMMENT')}`;
  return document.toString({ lineWidth: 0 });
}
