import type { OutgoingPart } from '../channels/channel.ts';
import { splitText } from '../channels/split.ts';
import { HooklineError } from '../core/errors.ts';
import type { Block, Reply } from './agent.ts';

/** A reply value as blocks (contract bot §2): nothing, a text, blocks, or any value as JSON text. */
export function replyBlocks(reply: Reply): readonly Block[] {
  if (reply === null || reply === undefined) return [];
  if (Array.isArray(reply) && reply.every(isBlock)) return reply;
  return [{ type: 'text', content: reply }];
}

const isBlock = (value: unknown): value is Block =>
  value !== null &&
  typeof value === 'object' &&
  typeof (value as Block).type === 'string' &&
  'content' in value;

/** The platform messages of a reply, in order; a long text is several. Empty texts and variables send nothing. */
export function partsOf(blocks: readonly Block[]): OutgoingPart[] {
  return blocks.flatMap((block) => {
    if (block.type === 'variable') return [];
    if (block.type !== 'text')
      throw new HooklineError(
        `The agent's reply has a block of type "${block.type}"; only "text" can be sent`,
        'permanent',
      );
    return splitText(blockText(block.content)).map((text) => ({ type: 'text' as const, text }));
  });
}

/** What a text block prints: its `response` field if it has one, else its JSON. */
export function blockText(content: unknown): string {
  if (typeof content === 'string') return content;
  const response = (content as { readonly response?: unknown } | null)?.response;
  if (typeof response === 'string') return response;
  return JSON.stringify(response ?? content) ?? '';
}
