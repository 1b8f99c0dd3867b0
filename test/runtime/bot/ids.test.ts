import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import { safeId } from '../../../runtime/bot/job.ts';
import type { ObjectStore } from '../../../runtime/core/object-store.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const VECTORS = [
  ['5491', '5491'],
  ['-100123', '-100123'],
  ['US.123', 'US.123'],
  ['../x', 'u_Li4veA'],
  ['a/b', 'u_YS9i'],
  ['a b', 'u_YSBi'],
  ['ñ', 'u_w7E'],
  ['..', 'u_Li4'],
  ['a..b', 'u_YS4uYg'],
  ['.', 'u_Lg'],
  ['', 'u_empty'],
  ['u_x', 'u_dV94'],
  ['u_Li4veA', 'u_dV9MaTR2ZUE'],
] as const;

const tmpDir = mkdtempSync(join(tmpdir(), 'hookline-ids-'));
afterAll(() => rmSync(tmpDir, { recursive: true, force: true }));

describe('ids in keys', () => {
  it.each(VECTORS)('bot A40: %j is %s', (id, expected) => {
    expect(safeId(id)).toBe(expected);
  });

  it('bot A40: no two ids share a key, and encoded ones can be read back', () => {
    expect(new Set(VECTORS.map(([id]) => safeId(id))).size).toBe(VECTORS.length);
    for (const [id] of VECTORS) {
      const key = safeId(id);
      if (key.startsWith('u_') && id !== '')
        expect(Buffer.from(key.slice(2), 'base64url').toString('utf8')).toBe(id);
    }
  });

  it('bot A40: the history of a chat lies at its exact key', async () => {
    const keys: string[] = [];
    const objects = {
      get: async (key: string) => {
        keys.push(key);
        return { status: 'absent' };
      },
    } as unknown as ObjectStore;
    const store = historyStore(objects, new FakeClock(), { prefix: 'history', tmpDir });
    for (const [id] of VECTORS) (await store.open(id)).file.close();
    expect(keys).toEqual(VECTORS.map(([, safe]) => `history/${safe}.sqlite`));
  });
});
