import { expect } from 'vitest';
import type { TraceAnswer } from '../../runtime/replies/trace/model.ts';
import { SID } from '../runtime/replies/records.ts';
import { type deployedReplies, LOG_GROUPS, whole } from './replies-world.ts';

type World = ReturnType<typeof deployedReplies>;
export type Engine = World['engine'];

/** What the user says. */
export const TEXT = 'words of the user';
export const write = (engine: Engine, more = {}) => engine.webhook({ messageSid: SID, text: TEXT, ...more });
export const ready = async (engine: Engine) => {
  await write(engine);
  engine.clock.jump(10_000);
};

/** What the functions logged lies in CloudWatch. */
export function ship({ engine, logs }: World): void {
  for (const line of engine.logs.raw) {
    const { timestamp } = JSON.parse(line);
    logs.write(LOG_GROUPS[1] ?? '', Date.parse(timestamp ?? ''), line);
  }
}

export async function traced(world: World, id = SID): Promise<TraceAnswer & { readonly out: string }> {
  ship(world);
  const before = whole(world);
  const text = await world.run(['trace', id]);
  const json = await world.run(['trace', id, '--json']);
  expect([text.exitCode, json.exitCode, text.error, json.error]).toEqual([0, 0, '', '']);
  expect(whole(world)).toBe(before);
  for (const shown of [text.out, json.out])
    for (const hidden of [TEXT, 'Hello', 'a draft']) expect(shown).not.toContain(hidden);
  return { ...(JSON.parse(json.out) as TraceAnswer), out: text.out };
}
