import { expect, test } from 'vitest';
import { S3Storage } from '../../../runtime/files/store/s3-storage.ts';
import { TableExecutions } from '../../../runtime/files/store/table-executions.ts';
import { Random } from '../random.ts';
import { ACTORS, type Fault, FilesWorld, KINDS } from './world.ts';

// FAULT_SEED='12:lost' runs one schedule again.
const only = process.env.FAULT_SEED?.match(/^(\d+):([\w-]+)$/);

async function violationsOf(...faults: readonly Fault[]) {
  const world = new FilesWorld(faults);
  await world.run();
  return world;
}

/** Every call of a run, with every fault. Stops at the first violation where that is enough. */
async function everyFault(stopAtFirst = false): Promise<readonly string[]> {
  const { made } = await violationsOf();
  const calls = made['run 1'];
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
  const { made, violations } = await violationsOf();
  expect(violations).toEqual([]);
  expect(made['run 1'].length).toBeGreaterThan(15);
});

test('whatever befalls any AWS call of an execution, it ends, is published once, and readers see whole results', async () => {
  if (only) {
    const fault = { call: Number(only[1]), kind: only[2] as Fault['kind'] };
    expect((await violationsOf(fault)).violations).toEqual([]);
    return;
  }
  expect(await everyFault()).toEqual([]);
});

/** Faults of a seed: two or three, of any actor. Only a run can stand still. */
function scheduleOf(seed: number): readonly Fault[] {
  const random = new Random(seed);
  return Array.from({ length: random.between(2, 3) }, () => {
    const actor = random.pick(ACTORS);
    const kinds =
      actor === 'detector' ? KINDS.filter((kind) => kind !== 'overtaken' && kind !== 'frozen') : KINDS;
    return { actor, call: random.between(0, actor === 'detector' ? 24 : 28), kind: random.pick(kinds) };
  });
}

const SEEDED = 1_000;
const seeds = process.env.FAULT_SEED?.startsWith('files/')
  ? [Number(process.env.FAULT_SEED.slice(6))]
  : Array.from({ length: Number(process.env.FAULT_SCHEDULES ?? SEEDED) }, (_, seed) => seed);

test('so it does when two or three things go wrong, in runs and in the detector', async () => {
  const found: string[] = [];
  for (const seed of seeds) {
    const { violations } = await violationsOf(...scheduleOf(seed));
    if (violations.length > 0)
      found.push(`FAULT_SEED=files/${seed} ${JSON.stringify(scheduleOf(seed))}: ${violations.join('; ')}`);
  }
  expect(found).toEqual([]);
}, 600_000);

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
