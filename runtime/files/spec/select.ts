import { FilesError } from '../errors.ts';
import type { Kind } from '../read/sniff.ts';
import { fileType, requireType } from './file-type.ts';
import { matchFiles, type SelectionNote, ungzipped } from './match-files.ts';
import { nearest } from './nearest.ts';
import type { Catalog, FileType, Package, Spec } from './types.ts';
import { shown } from './wording.ts';

/** Which package or catalog a delivery is processed as (contract files §4.2). */

/** One input by its original name, and what its first bytes say. */
export interface Delivered {
  readonly name: string;
  readonly kind: Kind;
}

export interface Selection {
  /** What is processed, in this order. */
  readonly catalogs: readonly Catalog[];
  /** The package whose rules run; undefined: a catalog alone, or loose files of no common package. */
  readonly package: Package | undefined;
  /** Whether the one input is a ZIP; its members are then matched with `matchFiles`. */
  readonly isArchive: boolean;
  /** Name of the input by id of the catalog; empty for a ZIP. */
  readonly files: ReadonlyMap<string, string>;
  /** Catalogs that no input holds, optional ones included; empty for a ZIP. */
  readonly missing: readonly Catalog[];
  readonly notes: readonly SelectionNote[];
}

/**
 * Chooses for one input or several. `wanted` is the id of a package or a catalog and wins over everything.
 * Throws a permanent FilesError where nothing fits: FILE_TYPE_MISMATCH, FILE_TYPE_UNKNOWN, PACKAGE_NOT_FOUND,
 * SELECT_UNKNOWN, INPUTS_MIXED, INPUTS_UNMATCHED.
 */
export function select(spec: Spec, inputs: readonly Delivered[], wanted?: string): Selection {
  if (wanted !== undefined && !spec.packages.has(wanted) && !spec.catalogs.has(wanted)) {
    const known = [...spec.packages.keys(), ...spec.catalogs.keys()];
    throw new FilesError('SELECT_UNKNOWN', 'permanent', {
      id: shown(wanted),
      nearest: nearest(wanted, known),
    });
  }
  const [input] = inputs;
  if (input && inputs.length === 1) return selectOne(spec, input, wanted);
  return selectLoose(spec, inputs, wanted);
}

function selectOne(spec: Spec, input: Delivered, wanted: string | undefined): Selection {
  const pack = wanted === undefined ? undefined : spec.packages.get(wanted);
  if (pack) return ofPackage(spec, pack, input);
  const asked = wanted === undefined ? undefined : spec.catalogs.get(wanted);
  if (asked) return ofCatalog(asked, input);
  const type = fileType(input.name, spec);
  // A catalog may ask for a name that says nothing.
  const named = [...spec.catalogs.values()].filter(({ filename }) => isNamed(filename, input.name));
  if (type === undefined) {
    if (named[0]) return ofCatalog(named[0], input, ambiguity(input, named));
    throw new FilesError('FILE_TYPE_UNKNOWN', 'permanent', { file: input.name });
  }
  requireType(type, input);
  const candidates = [...spec.packages.values()].filter((each) => each.type === type);
  const best = bestOf(spec, candidates, input.name);
  if (best[0]) return ofPackage(spec, best[0], input, ambiguity(input, best));
  if (type === 'ZIP') throw new FilesError('PACKAGE_NOT_FOUND', 'permanent', { file: input.name, type });
  return withoutPackage(spec, input, type, named);
}

/** Packages that fit best and equally: by id, else by the name of the file that they expect, else all. */
function bestOf(spec: Spec, candidates: readonly Package[], name: string): readonly Package[] {
  const base = name.replace(/\.[^.]*(\.gz)?$/i, '').toLowerCase();
  const byId = candidates.filter(({ id }) => id.toLowerCase() === base);
  if (byId.length > 0) return byId;
  const byFile = candidates.filter(({ type, catalogs }) => {
    const catalog = spec.catalogs.get(catalogs[0] ?? '');
    return type !== 'ZIP' && catalog !== undefined && isNamed(catalog.filename, name);
  });
  return byFile.length > 0 ? byFile : candidates;
}

function withoutPackage(spec: Spec, input: Delivered, type: FileType, named: readonly Catalog[]): Selection {
  const fitting = named.filter(({ format }) => format.type === type);
  if (fitting[0]) return ofCatalog(fitting[0], input, ambiguity(input, fitting));
  const others = [...spec.catalogs.values()].filter(({ format }) => format.type === type);
  if (!others[0]) throw new FilesError('PACKAGE_NOT_FOUND', 'permanent', { file: input.name, type });
  return ofCatalog(others[0], input, ambiguity(input, others));
}

const isNamed = (filename: string, name: string): boolean =>
  ungzipped(filename).toLowerCase() === ungzipped(name).toLowerCase();

function ambiguity(input: Delivered, equal: readonly { readonly id: string }[]): readonly SelectionNote[] {
  const [chosen, ...others] = equal.map(({ id }) => id);
  if (chosen === undefined || others.length === 0) return [];
  const values = { file: input.name, chosen, others: others.join(', ') };
  return [{ code: 'SELECT_AMBIGUOUS', severity: 'warning', values }];
}

function ofPackage(
  spec: Spec,
  pack: Package,
  input: Delivered,
  notes: readonly SelectionNote[] = [],
): Selection {
  const catalogs = catalogsOf(spec, pack);
  const [only] = catalogs;
  const isZip = fileType(input.name, spec) === 'ZIP';
  // One file of a delivery that comes without its ZIP.
  if (pack.type === 'ZIP' && !isZip) return loose(spec, [input], pack);
  requireType(pack.type, input);
  if (pack.type === 'ZIP' || !only)
    return { catalogs, package: pack, isArchive: true, files: new Map(), missing: [], notes };
  return { ...ofCatalog(only, input, notes), package: pack };
}

function ofCatalog(catalog: Catalog, input: Delivered, notes: readonly SelectionNote[] = []): Selection {
  requireType(catalog.format.type, input);
  const files = new Map([[catalog.id, input.name]]);
  return { catalogs: [catalog], package: undefined, isArchive: false, files, missing: [], notes };
}

const catalogsOf = (spec: Spec, { catalogs }: Package): readonly Catalog[] =>
  catalogs.flatMap((id) => spec.catalogs.get(id) ?? []);

/** Several inputs are one delivery without its ZIP. */
function selectLoose(spec: Spec, inputs: readonly Delivered[], wanted: string | undefined): Selection {
  const archive = inputs.find(({ name }) => fileType(name, spec) === 'ZIP');
  if (archive) throw new FilesError('INPUTS_MIXED', 'permanent', { file: archive.name });
  const asked = wanted === undefined ? undefined : spec.packages.get(wanted);
  if (asked) return loose(spec, inputs, asked);
  const catalog = wanted === undefined ? undefined : spec.catalogs.get(wanted);
  if (catalog) return virtual(inputs, [catalog], undefined);
  const { files } = matchFiles(
    [...spec.catalogs.values()],
    inputs.map(({ name }) => name),
  );
  const whole = [...spec.packages.values()].find(({ catalogs }) =>
    [...files.keys()].every((id) => catalogs.includes(id)),
  );
  if (whole) return loose(spec, inputs, whole);
  return virtual(
    inputs,
    [...spec.catalogs.values()].filter(({ id }) => files.has(id)),
    undefined,
  );
}

const loose = (spec: Spec, inputs: readonly Delivered[], pack: Package): Selection =>
  virtual(inputs, catalogsOf(spec, pack), pack);

function virtual(
  inputs: readonly Delivered[],
  catalogs: readonly Catalog[],
  pack: Package | undefined,
): Selection {
  const { files, missing, notes } = matchFiles(
    catalogs,
    inputs.map(({ name }) => name),
  );
  if (files.size === 0) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw new FilesError('INPUTS_UNMATCHED', 'permanent', { files: names });
  }
  for (const { id, format } of catalogs) {
    const input = inputs.find(({ name }) => name === files.get(id));
    if (input) requireType(format.type, input);
  }
  return { catalogs, package: pack, isArchive: false, files, missing, notes };
}
