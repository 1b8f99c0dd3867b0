import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../../../runtime/files/read/types.ts';
import { openZip } from '../../../../runtime/files/read/zip.ts';
import { patchHeaders, SHARED, zip } from '../../../support/zip.ts';
import { readAll, source } from './support.ts';

let outer: string;
let scratch: string;
beforeAll(() => {
  outer = mkdtempSync(path.join(tmpdir(), 'hookline-zip-'));
  scratch = mkdtempSync(path.join(outer, 'run-'));
});
afterAll(() => rmSync(outer, { recursive: true }));

async function textsOf(from: Source): Promise<Record<string, string>> {
  const delivery = await openZip(from, { scratch });
  try {
    const texts: Record<string, string> = {};
    for (const member of delivery.members) {
      const parts: Uint8Array[] = [];
      for await (const piece of member.bytes()) parts.push(piece);
      texts[member.name] = Buffer.concat(parts).toString();
    }
    return texts;
  } finally {
    await delivery.close();
  }
}

const refusal = (archive: Buffer) =>
  textsOf(source(archive, [4096], 'entrega.zip')).then(
    () => 'read',
    ({ name, code, errorClass }) => `${name} ${code} ${errorClass}`,
  );
const link = { os: 3, attrs: 0o120777 << 16 };
/** That many zeros, packed to a thousandth. */
function zeros(sizeBytes: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(sizeBytes));
  return patchHeaders(zip({ 'a.csv': [packed, { level: 0 }] }), 0, (header) => {
    header.writeUInt16LE(8, SHARED.method);
    header.writeUInt32LE(sizeBytes, SHARED.sizeBytes);
  });
}

const declareLarge = (archive: Buffer, nth: number): Buffer =>
  patchHeaders(archive, nth, (header) => {
    header.writeUInt32LE(0xffff_fff0, SHARED.sizeBytes);
    header.writeUInt32LE(0x1000_0000, SHARED.packedBytes);
  });

const plain = zip({ 'a.csv': '1,2\n', 'b.csv': '3,4\n' });

test('members are read in the order of the directory, from a path, from memory and again', async () => {
  const content = { 'Carpeta/': '', 'Carpeta/niño.csv': 'á,1\n', 'b.csv': 'x'.repeat(100_000), vacío: '' };
  const { 'Carpeta/': _, ...files } = content;
  const archive = zip(content);
  expect(await textsOf(source(archive, [1000]))).toEqual(files);
  const file = path.join(scratch, 'a.zip');
  writeFileSync(file, archive);
  expect(await textsOf({ ...source(''), path: file })).toEqual(files);
  const delivery = await openZip(source(archive));
  const member = delivery.members.find(({ name }) => name === 'Carpeta/niño.csv')!;
  for (const _again of [1, 2]) expect((await readAll(member, ['a', 'b'])).rows).toEqual([['á', '1']]);
  await delivery.close();
});

test('an archive too large for memory is copied to the scratch folder, and the copy goes with it', async () => {
  const noise = randomBytes(17 * 2 ** 20);
  const archive = Buffer.from(zipSync({ ruido: noise }, { level: 0 }));
  await expect(openZip(source(archive, [2 ** 20]))).rejects.toMatchObject({ code: 'SCRATCH_MISSING' });
  const before = readdirSync(scratch);
  const delivery = await openZip(source(archive, [2 ** 20]), { scratch });
  expect(readdirSync(scratch).length).toBe(before.length + 1);
  let size = 0;
  for await (const piece of delivery.members[0]!.bytes()) size += piece.length;
  expect(size).toBe(noise.length);
  await delivery.close();
  expect(readdirSync(scratch)).toEqual(before);
});

describe('files T50: what no delivery needs is refused with a code each', () => {
  test.each<[string, () => Buffer]>([
    ['ZIP_NAME_UNSAFE', () => zip({ '../../evil': 'x' })],
    ['ZIP_NAME_UNSAFE', () => zip({ '/evil': 'x' })],
    ['ZIP_NAME_UNSAFE', () => zip({ '..\\evil': 'x' })],
    ['ZIP_NAME_UNSAFE', () => zip({ 'C:evil': 'x' })],
    ['ZIP_NAME_UNSAFE', () => zip({ 'a//b': 'x' })],
    ['ZIP_NAME_UNSAFE', () => zip({ 'a\0b': 'x' })],
    ['ZIP_NAME_UNSAFE', () => zip({ [`${'a/'.repeat(16)}b`]: 'x' })],
    ['ZIP_SYMLINK', () => zip({ 'a.csv': ['/etc/passwd', link] })],
    ['ZIP_SPECIAL_FILE', () => zip({ 'a.csv': ['', { os: 3, attrs: 0o010644 << 16 }] })],
    ['ZIP_RATIO', () => zeros(300 * 2 ** 20)],
    ['ZIP_ENCRYPTED', () => patchHeaders(plain, 1, (header) => header.writeUInt16LE(1, SHARED.flags))],
    [
      'ZIP_METHOD_UNSUPPORTED',
      () => patchHeaders(plain, 0, (header) => header.writeUInt16LE(9, SHARED.method)),
    ],
    ['ZIP_NESTED', () => zip({ 'a.csv': '1', 'b.ZIP': plain })],
    ['ZIP_NESTED', () => zip({ 'a.csv': plain })],
    ['ZIP_CRC', () => patchHeaders(plain, 0, (header) => header.writeUInt32LE(1, SHARED.crc32))],
    ['ZIP_SIZE', () => patchHeaders(plain, 0, (header) => header.writeUInt32LE(3, SHARED.sizeBytes))],
    ['ZIP_SIZE', () => patchHeaders(plain, 0, (header) => header.writeUInt32LE(5, SHARED.sizeBytes))],
    ['ZIP_TOO_LARGE', () => [0, 1, 2].reduce(declareLarge, zip({ a: '', b: '', c: '' }))],
    [
      'ZIP_NAME_DUPLICATE',
      () =>
        Buffer.from(
          zip({ 'a.csv': '1', 'b.csv': '2' }).toString('latin1').replaceAll('b.csv', 'a.csv'),
          'latin1',
        ),
    ],
    [
      'ZIP_TOO_MANY_ENTRIES',
      () => zip(Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [String(index), '']))),
    ],
    ['ZIP_INVALID', () => plain.subarray(0, -1)],
    ['ZIP_INVALID', () => Buffer.from('no es un zip')],
    ['ZIP_INVALID', () => Buffer.alloc(0)],
  ])('files T50: %s', async (code, archive) => {
    const before = readdirSync(outer);
    expect(await refusal(archive())).toBe(`FilesError ${code} permanent`);
    expect(readdirSync(outer)).toEqual(before);
  });
});

test('names are compared in one form; a member gives no more bytes than the archive says', async () => {
  expect(Object.keys(await textsOf(source(zip({ 'nin\u0303o.csv': '1' }))))).toEqual(['niño.csv']);
  const liar = patchHeaders(zip({ 'a.csv': 'x'.repeat(500_000) }), 0, (header) =>
    header.writeUInt32LE(100_000, SHARED.sizeBytes),
  );
  const delivery = await openZip(source(liar));
  let given = 0;
  const reading = (async () => {
    for await (const piece of delivery.members[0]!.bytes()) given += piece.length;
  })();
  await expect(reading).rejects.toMatchObject({ code: 'ZIP_SIZE' });
  expect(given).toBeLessThanOrEqual(100_000);
  await delivery.close();
});

test('an abort ends the reading of a member with its reason', async () => {
  const controller = new AbortController();
  const archive = zip({ 'a.csv': [randomBytes(3 * 2 ** 20), { level: 0 }] });
  const delivery = await openZip(source(archive), { signal: controller.signal });
  const reading = (async () => {
    for await (const _ of delivery.members[0]!.bytes()) controller.abort(new Error('cancelled'));
  })();
  await expect(reading).rejects.toThrow('cancelled');
  await delivery.close();
});
