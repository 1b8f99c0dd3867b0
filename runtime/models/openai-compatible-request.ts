import type { JsonRecord } from '../core/json.ts';
import {
  dataUrl,
  type ModelMessage,
  type ModelRequest,
  type ToolCall,
  type ToolDeclaration,
} from './model.ts';

/** In what servers of the chat completions API differ. */
export interface Dialect {
  readonly strictOutput: boolean;
  readonly limitName: 'max_completion_tokens' | 'max_tokens';
}

/** The body of a chat completion; `own` holds the assistant's messages as this provider wrote them. */
export function wireRequest(
  model: string,
  request: ModelRequest,
  own: WeakMap<readonly ToolCall[], JsonRecord>,
  { strictOutput, limitName }: Dialect,
): JsonRecord {
  const { instructions, messages, tools = [], output, maxOutputTokens, temperature, topP } = request;
  return {
    model,
    messages: [
      ...(instructions ? [{ role: 'system', content: instructions }] : []),
      ...messages.map((message) => wireMessage(message, own)),
    ],
    ...(tools.length > 0 && { tools: tools.map(wireTool) }),
    ...(output && strictOutput && { response_format: responseFormat(output) }),
    ...(maxOutputTokens !== undefined && { [limitName]: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
  };
}

function wireMessage(message: ModelMessage, own: WeakMap<readonly ToolCall[], JsonRecord>): JsonRecord {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.callId, content: message.text };
  if (message.role === 'user') return { role: 'user', content: userContent(message) };
  if (!message.toolCalls?.length) return { role: message.role, content: message.text };
  return (
    own.get(message.toolCalls) ?? {
      role: 'assistant',
      content: message.text || null,
      tool_calls: message.toolCalls.map(({ id, name, input }) => ({
        id,
        type: 'function',
        function: { name, arguments: input },
      })),
    }
  );
}

function userContent({ text, images = [] }: Extract<ModelMessage, { role: 'user' }>): unknown {
  if (images.length === 0) return text;
  return [
    { type: 'text', text },
    ...images.map((image) => ({ type: 'image_url', image_url: { url: dataUrl(image) } })),
  ];
}

const wireTool = ({ name, description, parameters }: ToolDeclaration) => ({
  type: 'function',
  function: { name, description, parameters },
});

const responseFormat = ({ name, schema }: NonNullable<ModelRequest['output']>) => ({
  type: 'json_schema',
  json_schema: { name, strict: true, schema },
});
