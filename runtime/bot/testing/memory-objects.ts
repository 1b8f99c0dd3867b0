import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../core/object-store.ts';

/** Objects in this process. Passes the conformance suite of the one on S3. */
export function memoryObjects(): ObjectStore {
  const objects = new Map<string, { readonly body: Uint8Array; readonly etag: string }>();
  let writes = 0;
  return {
    async get(key, ifNoneMatch) {
      const object = objects.get(key);
      if (!object) return { status: 'absent' };
      return object.etag === ifNoneMatch ? { status: 'unchanged' } : { status: 'found', ...object };
    },
    async put(key, body, condition) {
      const current = objects.get(key);
      const holds =
        !condition || ('ifMatch' in condition ? current?.etag === condition.ifMatch : current === undefined);
      if (!holds) return { status: 'conflict' };
      writes += 1;
      const etag = `"${createHash('sha256').update(body).digest('hex')}-${writes}"`;
      objects.set(key, { body: Uint8Array.from(body), etag });
      return { status: 'stored', etag };
    },
    async delete(key) {
      objects.delete(key);
    },
  };
}
