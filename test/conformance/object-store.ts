import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../runtime/core/object-store.ts';
import type { ObjectVersions } from '../../runtime/core/object-versions.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Objects with compare-and-swap (contract bot §7.7). */
export function defineObjectStoreConformance(
  name: string,
  makeStore: () => Promise<ObjectStore>,
  /** Absent where no operator looks at the objects. */
  makeVersions?: () => Promise<ObjectVersions>,
): void {
  describe(`object store on ${name}`, () => {
    let store: ObjectStore;
    beforeAll(async () => {
      store = await makeStore();
    });
    const newKey = () => `history/${randomUUID()}.sqlite`;
    const stored = async (key: string, text: string) => {
      const result = await store.put(key, bytes(text));
      if (result.status !== 'stored') throw new Error('An unconditional write was refused');
      return result.etag;
    };
    const textAt = async (key: string) => {
      const result = await store.get(key);
      return result.status === 'found' ? new TextDecoder().decode(result.body) : result.status;
    };

    test('what is written is read, with its ETag', async () => {
      const key = newKey();
      expect(await store.get(key)).toEqual({ status: 'absent' });
      const etag = await stored(key, 'one');
      expect(await store.get(key)).toMatchObject({ status: 'found', etag });
      expect(await textAt(key)).toBe('one');
      expect(await store.get(key, etag)).toEqual({ status: 'unchanged' });
      const newer = await stored(key, 'two');
      expect(await store.get(key, etag)).toMatchObject({ status: 'found', etag: newer });
    });

    test('a new object is made once', async () => {
      const key = newKey();
      expect(await store.put(key, bytes('a'), { ifAbsent: true })).toMatchObject({ status: 'stored' });
      expect(await store.put(key, bytes('b'), { ifAbsent: true })).toEqual({ status: 'conflict' });
      expect(await textAt(key)).toBe('a');
    });

    test('of two writers with one ETag the second is refused', async () => {
      const key = newKey();
      const etag = await stored(key, 'a');
      expect(await store.put(key, bytes('b'), { ifMatch: etag })).toMatchObject({ status: 'stored' });
      expect(await store.put(key, bytes('c'), { ifMatch: etag })).toEqual({ status: 'conflict' });
      expect(await textAt(key)).toBe('b');
    });

    if (makeVersions)
      test('all keys below a prefix are listed, and every version of them can be deleted', async () => {
        const versions = await makeVersions();
        const prefix = `archive/${randomUUID()}/`;
        const keys = ['1', '2', '3', '4', '5'].map((name) => `${prefix}${name}`);
        for (const key of keys) await stored(key, 'old');
        for (const key of keys) await stored(key, 'new');
        await store.delete(`${prefix}5`);
        expect(await versions.keys(prefix)).toEqual(keys.slice(0, 4));
        const all = await versions.versions(prefix);
        expect(new Set(all.map(({ key }) => key)).size).toBeGreaterThanOrEqual(4);
        const [first] = all.filter(({ key, isDeletion }) => key === `${prefix}1` && !isDeletion);
        expect(first && Buffer.from((await versions.read(first)) ?? []).toString()).toMatch(/old|new/);
        await versions.delete(all);
        expect(await versions.versions(prefix)).toEqual([]);
        expect(await textAt(`${prefix}1`)).toBe('absent');
      });

    test('an object that went away is a conflict for its writer', async () => {
      const key = newKey();
      const etag = await stored(key, 'a');
      await store.delete(key);
      await store.delete(key);
      expect(await store.put(key, bytes('b'), { ifMatch: etag })).toEqual({ status: 'conflict' });
      expect(await store.get(key, etag)).toEqual({ status: 'absent' });
    });
  });
}
