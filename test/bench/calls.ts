import type { RecordedCall } from './bot-world.ts';
import { type Section, table } from './section.ts';
import { observe, SITUATIONS, type Situation } from './situations.ts';

/** AWS calls of one message, recorded, beside the original's. */
export async function calls(): Promise<Section> {
  const rows: string[][] = [];
  for (const situation of SITUATIONS as readonly Situation[]) {
    const { calls: made, replies } = await observe(situation);
    const count = made.filter(({ call }) => call !== undefined).length;
    rows.push([
      situation.name,
      names(made, 'front'),
      names(made, 'worker'),
      String(count),
      `≤ ${situation.target}${count > situation.target ? ' MISSED' : ''}`,
      situation.original === undefined ? '–' : String(situation.original),
      situation.original === undefined ? '–' : (count / situation.original).toFixed(2),
      String(replies),
    ]);
  }
  const head = ['situation', 'front hop', 'worker hop', 'calls', 'target', 'original', 'ratio', 'replies'];
  return {
    title: 'AWS calls per message',
    body: [
      table(head, rows),
      'Recorded at the AWS clients of the real handlers, on fakes: one WhatsApp text message, one part of the reply. *merge* counts a whole turn: three hand-offs, then what one turn costs. *With its alias*: WhatsApp told a number and a business-scoped id of the user, and the second is noted once for each chat (contract bot §11.12). *By reference* is a message of 950 KB, whose job goes through the bucket. *send* is the call of the platform and not counted, nor are the queue poller’s own. The original’s counts were measured (contract bot §18); busy, it lost the message after two calls, and redelivered, it answered a second time.',
    ],
  };
}

const names = (made: readonly RecordedCall[], hop: RecordedCall['hop']): string =>
  made
    .filter((call) => call.hop === hop)
    .map(({ name }) => (name === 'send' ? '*send*' : name))
    .join(', ');
