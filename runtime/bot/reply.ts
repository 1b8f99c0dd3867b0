import type { OutgoingPart } from '../channels/channel.ts';
import { faultOfPart, type PlatformLimits, TELEGRAM_LIMITS, WHATSAPP_LIMITS } from '../channels/limits.ts';
import { HooklineError } from '../core/errors.ts';
import type { Block, Reply } from './agent.ts';
import { BlockFault, mediaParts, templatePart, textParts } from './block-parts.ts';
import type { Provider } from './job.ts';
import { isVariable } from './variables.ts';

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
  ('content' in value || isVariable(value as Block));

const LIMITS: Readonly<Record<Provider, PlatformLimits>> = {
  whatsapp: WHATSAPP_LIMITS,
  telegram: TELEGRAM_LIMITS,
};

/**
 * The platform messages of a reply, in order; a long text is several. Empty texts and variables send nothing.
 * Fixed texts need no provider: WhatsApp's limits are the narrower ones.
 * Throws a permanent error that names the block which the platform would not take.
 */
export function partsOf(blocks: readonly Block[], provider: Provider = 'whatsapp'): OutgoingPart[] {
  const limits = LIMITS[provider];
  return blocks.flatMap((block, index) => {
    try {
      const parts = partsOfBlock(block, limits);
      const fault = parts.map((part) => faultOfPart(limits, part)).find((found) => found !== undefined);
      if (fault) throw new BlockFault(fault);
      return parts;
    } catch (error) {
      if (!(error instanceof BlockFault)) throw error;
      throw new HooklineError(
        `Block ${index + 1} of the reply (${block.type}) cannot be sent: ${error.message}`,
        'permanent',
      );
    }
  });
}

function partsOfBlock({ type, content }: Block, limits: PlatformLimits): OutgoingPart[] {
  switch (type) {
    case 'variable':
      return [];
    case 'text':
      return textParts(content, blockText(content), limits);
    case 'template':
      return [templatePart(content)];
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
    case 'sticker':
      return mediaParts(type, content, limits);
    default:
      throw new BlockFault('there is no such type');
  }
}

/** What a text block prints: its `response` field if it has one, else its JSON. */
export function blockText(content: unknown): string {
  if (typeof content === 'string') return content;
  const response = (content as { readonly response?: unknown } | null)?.response;
  if (typeof response === 'string') return response;
  return JSON.stringify(response ?? content) ?? '';
}
