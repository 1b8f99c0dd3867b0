import type { OutgoingPart } from '../../channels/channel.ts';
import type { Block } from '../agent.ts';
import type { Provider } from '../job.ts';
import { partsOf, replyBlocks } from '../reply.ts';
import type { SenderContent, TemplateMessage } from './index.ts';
import { notSent } from './not-sent.ts';

/** What goes out, and what the history keeps of it. */
export interface OutgoingContent {
  readonly parts: readonly OutgoingPart[];
  readonly blocks: readonly Block[];
  /** Goes through WhatsApp's closed window. */
  readonly isTemplate: boolean;
}

const isTemplate = (content: SenderContent): content is TemplateMessage =>
  typeof content === 'object' && 'template' in content;

/** Checks a message and cuts it into platform messages. Throws `NotSentError` for what no platform takes. */
export function outgoingContent(content: SenderContent, provider: Provider): OutgoingContent {
  if (isTemplate(content)) return templateContent(content, provider);
  const blocks = replyBlocks(content);
  const parts = partsOf(blocks, provider);
  if (parts.length === 0) throw notSent('bad_message', 'the message is empty');
  return { parts, blocks, isTemplate: false };
}

function templateContent(message: TemplateMessage, provider: Provider): OutgoingContent {
  const { template: name, language, parameters = {} } = message;
  if (provider !== 'whatsapp') throw notSent('bad_message', 'only WhatsApp has templates');
  if (!/^[a-z0-9_]{1,512}$/.test(name) || !/^[A-Za-z_]{2,10}$/.test(language))
    throw notSent('bad_message', 'a template has a name like order_ready and a language like en_US');
  const values = Object.entries(parameters).map(([key, value]) => `${key}: ${value}`);
  const text = [`Template ${name} (${language})`, ...values].join('\n');
  const parts = partsOf([{ type: 'template', content: { name, language, parameters } }], provider);
  return { parts, blocks: [{ type: 'text', content: text }], isTemplate: true };
}
