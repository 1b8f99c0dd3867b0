import { ConfigError, describeError } from '../../core/errors.ts';
import type { AgentContext } from '../agent.ts';
import type { ToolComponent } from './config-schema.ts';
import type { AgentTool, ToolFunction } from './llm.ts';
import { describeFields, schemaOf } from './outputs.ts';

/** The functions that tools of a configuration file name. */
export type ToolFunctions = Readonly<Record<string, ToolFunction>>;

/**
 * A tool of the configuration file. Its calls and results become rows of the history, as the model saw them.
 * Throws `ConfigError` when its function is not there.
 */
export function configuredTool(component: ToolComponent, functions: ToolFunctions): AgentTool {
  const { name, inputs, outputs } = component;
  const run = Object.hasOwn(functions, component.function) ? functions[component.function] : undefined;
  if (typeof run !== 'function')
    throw new ConfigError([`The tool ${name} has no function: export one named ${component.function}`]);
  const returns = outputs ? `Returns:\n${describeFields(outputs)}` : '';
  return {
    name,
    description: [component.description, returns].filter(Boolean).join('\n\n') || name,
    parameters: inputs ? schemaOf(inputs) : { type: 'object', properties: {} },
    run: async (input, turn, context) => {
      const result = await withFallback(async () => run(input, turn, context), component, context);
      context.history.append({
        role: name,
        type: 'tool',
        blocks: [{ type: 'text', content: result ?? null }],
      });
      return result;
    },
  };
}

/** A tool with a default cannot fail; its model then sees the default. */
async function withFallback(
  run: () => Promise<unknown>,
  { name, default_output: fallback }: ToolComponent,
  { log }: AgentContext,
): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (fallback === undefined) throw error;
    log.warn('tool_failed', { tool: name, error: describeError(error) });
    return fallback;
  }
}
