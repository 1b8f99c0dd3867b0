import { FilesError } from '../errors.ts';
import { type Kind, sniff } from '../read/sniff.ts';
import type { ReadOptions, Source } from '../read/types.ts';
import { openZip } from '../read/zip.ts';
import { matchFiles } from '../spec/match-files.ts';
import { type Selection, select } from '../spec/select.ts';
import type { Spec } from '../spec/types.ts';
import type { Delivery } from './package-run.ts';

export interface OpenDelivery {
  readonly delivery: Delivery;
  close(): Promise<void>;
}

/** Chooses package and catalogs for the inputs and opens an archive (contract files §4.2). */
export async function openDelivery(
  spec: Spec,
  inputs: readonly Source[],
  wanted: string | undefined,
  options: ReadOptions,
): Promise<OpenDelivery> {
  const [only] = inputs;
  if (!only) throw new FilesError('INPUTS_MISSING', 'permanent');
  const kinds: { name: string; kind: Kind }[] = [];
  for (const input of inputs) kinds.push({ name: input.name, kind: await sniff(input) });
  const selection = select(spec, kinds, wanted);
  if (selection.isArchive) return openArchive(spec, selection, only, options);
  return {
    delivery: deliveryOf(spec, selection, selection.files, inputs, selection.notes),
    close: async () => {},
  };
}

async function openArchive(
  spec: Spec,
  selection: Selection,
  archive: Source,
  options: ReadOptions,
): Promise<OpenDelivery> {
  try {
    const zip = await openZip(archive, options);
    const names = zip.members.map(({ name }) => name);
    const { files, notes } = matchFiles(selection.catalogs, names);
    const all = [...selection.notes, ...notes];
    return { delivery: deliveryOf(spec, selection, files, zip.members, all), close: () => zip.close() };
  } catch (error) {
    if (!(error instanceof FilesError) || error.errorClass !== 'permanent') throw error;
    const delivery = deliveryOf(spec, selection, new Map(), [], selection.notes);
    return { delivery: { ...delivery, refusal: { file: archive.name, error } }, close: async () => {} };
  }
}

function deliveryOf(
  spec: Spec,
  { catalogs, package: chosen }: Selection,
  files: ReadonlyMap<string, string>,
  sources: readonly Source[],
  notes: Delivery['notes'],
): Delivery {
  const members = catalogs.map((catalog) => ({
    catalog,
    source: sources.find(({ name }) => name === files.get(catalog.id)),
  }));
  return { spec, package: chosen, members, notes };
}
