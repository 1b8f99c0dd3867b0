import { HooklineError } from '../core/errors.ts';
import { asRecord } from '../core/json.ts';

/** Ids change rarely; more hops than this are a circle. */
const MAX_HOPS = 4;
/** An alias is small, and no SQLite file begins like it. */
export const MAX_ALIAS_BYTES = 1024;

/** The object that makes an id stand for another one's history (contract bot §11.12). */
export const aliasBody = (oldId: string): Uint8Array => Buffer.from(JSON.stringify({ alias: oldId }));

/** The id whose history an object at a history's key stands for; undefined when it is a history itself. */
export function aliasTarget(body: Uint8Array): string | undefined {
  if (body[0] !== '{'.charCodeAt(0) || body.byteLength > MAX_ALIAS_BYTES) return undefined;
  try {
    const { alias } = asRecord(JSON.parse(Buffer.from(body).toString('utf8')));
    return typeof alias === 'string' && alias !== '' ? alias : undefined;
  } catch {
    return undefined;
  }
}

/** What a reader of histories finds: the id whose file it is, and the object, if there is one. */
export interface FoundHistory<T> {
  readonly chatId: string;
  readonly object: T | undefined;
}

/** Reads a chat's history object, through its aliases: every reader of histories goes this way. */
export async function followAliases<T extends { readonly body: Uint8Array }>(
  chatId: string,
  read: (chatId: string) => Promise<T | undefined>,
): Promise<FoundHistory<T>> {
  let id = chatId;
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const object = await read(id);
    const target = object && aliasTarget(object.body);
    if (target === undefined) return { chatId: id, object };
    id = target;
  }
  throw new HooklineError("The aliases of the chat's history lead in a circle; delete one of them", 'hold');
}
