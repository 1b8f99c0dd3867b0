import { readFileSync } from 'node:fs';
import path from 'node:path';
import { credential } from '../../runtime/bot/config-platforms.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { asText, isRecord } from '../../runtime/core/json.ts';
import { MODEL_PROVIDERS, type ModelProvider } from '../../runtime/models/providers.ts';
import { agentFileOf } from './agent-file.ts';
import type { Project } from './project.ts';

const PROVIDERS: Readonly<Record<string, ModelProvider>> = MODEL_PROVIDERS;

/** What is written down and empty, and what the models of a configured agent lack. They name variables, never values. */
export function keyWarnings(project: Pick<Project, 'folder'>, values: Environment): readonly string[] {
  const empty = Object.keys(values).filter((name) => values[name] === '');
  const missing = providersOf(agentFileOf(project)).flatMap((provider) => {
    const { apiKeyName: name, keyIsOptional } = PROVIDERS[provider] ?? {};
    if (name === undefined || keyIsOptional || empty.includes(name) || credential(values, name)) return [];
    return [`${name} is missing: config.json has a model of ${provider}`];
  });
  return [...empty.map((name) => `${name} is empty`), ...missing];
}

/** Of a configuration file; one that is no JSON is told of when it is built. */
function providersOf(file: string | undefined): readonly string[] {
  if (file === undefined || path.extname(file) !== '.json') return [];
  const found = new Set<string>();
  try {
    JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) => {
      const provider = isRecord(value) ? asText(value.provider) : undefined;
      if (provider !== undefined) found.add(provider);
      return value;
    });
  } catch {
    return [];
  }
  return [...found];
}
