import type { FileFormat } from '../../../../runtime/files/spec/types.ts';
import { type XlsxCell, xlsx } from '../../../support/xlsx.ts';
import { zip } from '../../../support/zip.ts';

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  times<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}

const PIECES = [
  ...[
    'a',
    '1,2',
    ',',
    '"',
    '""',
    '"x"',
    '",',
    '"\n"',
    '\n',
    '\r',
    '\r\n',
    '\\',
    '#',
    ' ',
    '\t',
    '\0',
    'ñ',
    '€',
    '😀',
    '\ufeff',
    'a,b\n',
    ';',
    'ñ|',
  ].map((text) => Buffer.from(text)),
  ...[
    [0xf1],
    [0xe2, 0x82],
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0x80],
    [0x1f, 0x8b],
    [0x1f, 0x8b, 8, 0],
    [0x50, 0x4b, 3, 4],
    [0xd8, 0x00],
  ].map((bytes) => Buffer.from(bytes)),
];

export const csvBytes = (chance: Chance): Buffer => Buffer.concat(chance.times(30, () => chance.of(PIECES)));

export const csvFormat = (chance: Chance): Partial<FileFormat> => ({
  header: chance.next() < 0.5,
  encoding: chance.of(['auto', 'auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1']),
  escape: chance.of([undefined, undefined, '\\', '"']),
  comment: chance.of([undefined, '#']),
  quote: chance.of(['"', '"', '"', '', "'"]),
  trim: chance.of(['none', 'none', 'both', 'left', 'right']),
  skipRows: chance.of([0, 0, 0, 1, 5]),
  delimiter: chance.of([',', ',', '|', '\t', 'ñ']),
  nullValues: chance.of([[''], ['a', ''], ['NA']]),
});

/** A few bytes changed, put in, taken out or moved. */
export function mutated(chance: Chance, bytes: Buffer, most: number): Buffer {
  let changed = Buffer.from(bytes);
  for (let count = 1 + chance.below(most); count > 0; count--) {
    const at = chance.below(changed.length + 1);
    const length = chance.below(8);
    const kind = chance.below(5);
    if (kind === 0 && changed.length > 0)
      changed[Math.min(at, changed.length - 1)] = chance.of([0, 1, 0x7f, 0x80, 0xff, chance.below(256)]);
    else if (kind === 1) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
    else if (kind === 2)
      changed = Buffer.concat([
        changed.subarray(0, at),
        Buffer.alloc(length, chance.of([0, 0xff, 0x50])),
        changed.subarray(at),
      ]);
    else if (kind === 3 && at + 4 <= changed.length)
      changed.writeUInt32LE(chance.of([0, 1, 0xffff, 0x7fffffff, 0xffffffff, chance.below(2 ** 32)]), at);
    else changed = changed.subarray(0, Math.max(at, changed.length - length));
  }
  return changed;
}

/** Where the headers of an archive stand: a change there is more telling than in the packed bytes. */
function headerPlaces(archive: Buffer): number[] {
  const places: number[] = [];
  for (const mark of ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06'])
    for (let at = archive.indexOf(mark, 0, 'latin1'); at >= 0; at = archive.indexOf(mark, at + 1, 'latin1'))
      places.push(at);
  return places;
}

/** One to four fields of its headers hold other numbers. */
export function otherHeaders(chance: Chance, archive: Buffer): Buffer {
  const changed = Buffer.from(archive);
  const places = headerPlaces(archive);
  for (let count = 1 + chance.below(4); count > 0 && places.length > 0; count--) {
    const at = chance.of(places) + 4 + 2 * chance.below(21);
    const number = chance.of([0, 1, 2, 8, 9, 0x40, 0x800, 0xa1ff, 0xffff, 0xfffe, chance.below(65_536)]);
    if (at + 2 <= changed.length) changed.writeUInt16LE(number, at);
  }
  return changed;
}

const NAMES = [
  'a.csv',
  'b/c.csv',
  'ñ.csv',
  '../evil',
  '/evil',
  '..\\evil',
  'C:evil',
  'a\0',
  'x.zip',
  'x.xlsx',
  'b/',
  '',
  '.',
];

export function zipBytes(chance: Chance): Buffer {
  const content = () => chance.of(['', '1,2\n', 'x'.repeat(300), 'PK\x03\x04', '\x1f\x8b']);
  const attrs = () => ({
    level: chance.of([0, 6] as const),
    os: 3,
    attrs: chance.of([0, 0, 0o100644, 0o120777, 0o040755]) << 16,
  });
  const files = Object.fromEntries(
    chance.times(3, () => [
      chance.of(chance.next() < 0.9 ? NAMES.slice(0, 3) : NAMES),
      [content(), attrs()] as const,
    ]),
  );
  const archive = zip(files);
  if (chance.next() < 0.1) return archive;
  return chance.next() < 0.5 ? otherHeaders(chance, archive) : mutated(chance, archive, 4);
}

const CELLS: readonly XlsxCell[] = [
  'texto',
  '',
  1,
  1.5,
  -3,
  true,
  null,
  { inline: 'x' },
  { rich: ['a', 'b'] },
  { error: '#N/A' },
  { formula: '1+1', value: 2 },
  { serial: 45_000.5, format: 14 },
  { serial: 0.5, format: 'hh:mm' },
  { serial: 1e9, format: 'yyyy' },
  { iso: '2024-01-01' },
];
const TOKENS = [
  '<row>',
  '</row>',
  '<row r="5">',
  '<row r="0">',
  '<row r="-1">',
  '<row r="1e6"/>',
  '<c r="B2" t="s">',
  '<c r="ZZZ9">',
  '<c t="e">',
  '<c s="99">',
  '<c r="?">',
  '</c>',
  '<v>',
  '</v>',
  '<v>0</v>',
  '<v>1e400</v>',
  '<v>-1</v>',
  '<is><t>',
  '</t></is>',
  '<rPh>',
  '&lt;',
  '&#x0;',
  '&b;',
  ']]>',
  '<![CDATA[x]]>',
  '<!--',
  '-->',
  '<!DOCTYPE a>',
  '<?x ?>',
  '_x0041_',
  '<x:c r="A1">',
  '\ufeff',
  '\0',
  ' date1904="1"',
  '<xf numFmtId="14"/>',
  '<cellXfs>',
  '<si>',
  '</si>',
  '<Relationship Id="x" Type="a/worksheet" Target="../../etc"/>',
  'xmlns=""',
  '<sheet name="x" r:id="s9"/>',
];

/** A workbook with one part changed; its parts are stored, so that bytes of the archive are bytes of the XML. */
export function xlsxBytes(chance: Chance): Buffer {
  const rows = chance.times(4, () => chance.times(4, () => chance.of(CELLS)));
  const whole = xlsx({ sheets: [{ name: 'Hoja', rows }], is1904: chance.next() < 0.2, level: 0 });
  const kind = chance.below(10);
  if (kind === 0) return whole;
  if (kind === 1) return otherHeaders(chance, whole);
  if (kind === 2) return mutated(chance, whole, 3);
  return xlsx({
    sheets: [{ name: 'Hoja', rows }],
    level: 0,
    change: (name, text) => (chance.next() < 0.7 || name.startsWith('[') ? text : scrambled(chance, text)),
  });
}

function scrambled(chance: Chance, text: string): string {
  let changed = text;
  for (let count = 1 + chance.below(3); count > 0; count--) {
    // Between tags more often than within them.
    const tags = [...changed.matchAll(/[<>]/g)].map(({ index }) => index);
    const at =
      chance.next() < 0.7 && tags.length > 0
        ? chance.of(tags) + chance.below(2)
        : chance.below(changed.length + 1);
    changed =
      changed.slice(0, at) +
      (chance.next() < 0.7 ? chance.of(TOKENS) : '') +
      changed.slice(at + chance.of([0, 0, 1, 6, 30]));
  }
  return changed;
}
