import { expect, test } from 'vitest';
import { S3Storage } from '../../../runtime/files/store/s3-storage.ts';
import { TableExecutions } from '../../../runtime/files/store/table-executions.ts';
import { type Fault, FilesWorld, KINDS } from './world.ts';

// FAULT_SEED='12:lost' runs one schedule again.
const only = process.env.FAULT_SEED?.match(/^(\d+):([\w-]+)$/);

async function violationsOf(fault: Fault | undefined) {
  const world = new FilesWorld(fault);
  await world.run();
  return world;
}

/** Every call of a run, with every fault. Stops at the first violation where that is enough. */
async function everyFault(stopAtFirst = false): Promise<readonly string[]> {
  const { calls } = await violationsOf(undefined);
  const found: string[] = [];
  for (const kind of KINDS)
    for (let call = 0; call < calls.length; call++) {
      const { violations } = await violationsOf({ call, kind });
      if (violations.length > 0)
        found.push(`FAULT_SEED='${call}:${kind}' (${calls[call]}): ${violations.join('; ')}`);
      if (stopAtFirst && found.length > 0) return found;
    }
  return found;
}

test('without a fault an execution takes its known calls', async () => {
  const { calls, violations } = await violationsOf(undefined);
  expect(violations).toEqual([]);
  expect(calls.length).toBeGreaterThan(15);
});

test('whatever befalls any AWS call of an execution, it ends, is published once, and readers see whole results', async () => {
  if (only) {
    const fault = { call: Number(only[1]), kind: only[2] as Fault['kind'] };
    expect((await violationsOf(fault)).violations).toEqual([]);
    return;
  }
  expect(await everyFault()).toEqual([]);
});

/** Breaks a method for the time of a test. */
async function broken<T extends object, K extends keyof T & string>(
  prototype: T,
  name: K,
  method: unknown,
): Promise<readonly string[]> {
  const own = prototype[name];
  prototype[name] = method as T[K];
  try {
    return await everyFault(true);
  } finally {
    prototype[name] = own;
  }
}

test('a record without its fence is found', async () => {
  const open = () => ({ equal: {}, absent: [] });
  expect(
    await broken(TableExecutions.prototype as never as { asGiven: unknown }, 'asGiven', open),
  ).not.toEqual([]);
});

test('an output that is not stored is found', async () => {
  const own = S3Storage.prototype.writeStream;
  const forgetting: typeof own = function (this: S3Storage, id, name, ...rest) {
    return name.endsWith('report.json')
      ? Promise.resolve({ sizeBytes: 0, sha256: '0'.repeat(64) })
      : own.call(this, id, name, ...rest);
  };
  expect(await broken(S3Storage.prototype, 'writeStream', forgetting)).not.toEqual([]);
});

test('a detector that sees no silence is found', async () => {
  const blind = async () => ({ status: 'refused', record: undefined });
  expect(await broken(TableExecutions.prototype, 'markStale', blind)).not.toEqual([]);
});
