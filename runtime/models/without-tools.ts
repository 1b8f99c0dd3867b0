import { ModelError, type ModelMessage, type ModelRequest } from './model.ts';

/** What was said, for an adapter that offers no tools. Throws a permanent `ModelError` when there are any. */
export function withoutTools({
  tools = [],
  messages,
}: ModelRequest): readonly Extract<ModelMessage, { role: 'user' | 'assistant' }>[] {
  return messages.map((message) => {
    if (tools.length === 0 && message.role !== 'tool') return message;
    throw new ModelError('Tools are offered only to models behind a chat completions API', 'permanent');
  });
}
