import { repliesCalls } from './replies-calls.ts';
import { repliesTime } from './replies-time.ts';
import type { Section } from './section.ts';

/** The reply engine: time, AWS calls, capacity units and cost of a turn. */
export async function replies(): Promise<Section> {
  return { title: 'Reply engine: a turn', body: [...(await repliesTime()), ...(await repliesCalls())] };
}
