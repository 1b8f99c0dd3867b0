import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import * as z from 'zod/mini';
import { ConfigError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { faultsOf } from '../../core/schema.ts';
import type { ModelPrices } from '../../models/prices.ts';
import {
  type AgentComponent,
  CONFIG_SCHEMA,
  type ConfigFile,
  type GeneralParameters,
  type ModelChoice,
  PRICES_SCHEMA,
  type ToolComponent,
} from './config-schema.ts';
import { unsupportedParts } from './unsupported.ts';

/** A configuration that can be run: one agent, its tools and its models (contract bot §13). */
export interface AgentConfig {
  readonly general: GeneralParameters;
  readonly agent: AgentComponent;
  readonly tools: readonly ToolComponent[];
  /** In the order in which they are asked. */
  readonly models: readonly ModelChoice[];
  /** What `costs_path` adds to the known prices. */
  readonly prices: ModelPrices;
  /** The module with the tools' functions, by its full path; undefined when the file names none. */
  readonly functionsPath: string | undefined;
}

/** Reads and checks the configuration file. Throws one `ConfigError` with every fault, each with its place. */
export function readAgentConfig(path: string): AgentConfig {
  const value = readJsonObject(path);
  const refused = [...unsupportedParts(value)];
  if (refused.length > 0) throw faulty(path, refused);
  const faults = faultsOf(CONFIG_SCHEMA, value);
  if (faults.length > 0) throw faulty(path, faults);
  const file = z.parse(CONFIG_SCHEMA, value);
  const chosen = choose(file);
  if ('faults' in chosen) throw faulty(path, chosen.faults);
  const { costs_path: costs, functions } = file.general_parameters ?? {};
  const beside = (name: string) => resolve(dirname(path), name);
  return {
    ...chosen,
    prices: costs === undefined ? {} : readPrices(beside(costs)),
    functionsPath: functions === undefined ? undefined : beside(functions),
  };
}

const faulty = (path: string, faults: readonly string[]) =>
  new ConfigError(faults.map((fault) => `${basename(path)}: ${fault}`));

function readJsonObject(path: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw faulty(path, ['the file is missing or not JSON']);
  }
  if (!isRecord(value) || Object.keys(value).length === 0)
    throw faulty(path, ['the file must be an object that is not empty']);
  return value;
}

function readPrices(path: string): ModelPrices {
  const value = readJsonObject(path);
  const faults = faultsOf(PRICES_SCHEMA, value);
  if (faults.length > 0) throw faulty(path, faults);
  return z.parse(PRICES_SCHEMA, value);
}

type Chosen = Pick<AgentConfig, 'general' | 'agent' | 'tools' | 'models'> | { readonly faults: string[] };

/** The agent that answers: the last automation's, else the only one there is (contract bot §13.2). */
function choose({ general_parameters: general = {}, components }: ConfigFile): Chosen {
  const faults = duplicates(components.map(({ name }) => name));
  const agents = components.filter((component) => component.type === 'agent');
  const automation = components.findLast((component) => component.type === 'automation');
  const steps = automation?.sequence ?? agents.map(({ name }) => name);
  if (steps.length > 1)
    faults.push(
      `${automation?.name ?? 'components'} runs ${steps.join(', ')}: only one agent is supported, and its tools stand in uses_tool`,
    );
  const agent = agents.find(({ name }) => name === steps[0]);
  if (!agent) {
    faults.push(steps[0] === undefined ? 'components has no agent' : `there is no agent named ${steps[0]}`);
    return { faults };
  }
  const tools = toolsOf(agent, components, faults);
  const models = agent.models ?? general.default_models ?? [];
  if (models.length === 0) faults.push(`${agent.name} has no models, and there are no default_models`);
  return faults.length > 0 ? { faults } : { general, agent, tools, models };
}

const duplicates = (names: readonly string[]): string[] =>
  names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `two components are named ${name}`);

function toolsOf(
  { name, uses_tool: used = [] }: AgentComponent,
  components: ConfigFile['components'],
  faults: string[],
): readonly ToolComponent[] {
  const names = typeof used === 'string' ? [used] : used;
  const tools = components.filter((component) => component.type === 'tool');
  for (const missing of names.filter((each) => !tools.some((tool) => tool.name === each)))
    faults.push(`${name} uses the tool ${missing}, which is not there`);
  return tools.filter((tool) => names.includes(tool.name));
}
