import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project.ts';

/** Names that a project's agent may have: a module, or its configuration. */
const AGENT_FILES = ['agent.ts', 'agent.mts', 'agent.js', 'agent.mjs', 'config.json'];

/** The file of the project's agent; undefined when there is none. */
export const agentFileOf = ({ folder }: Pick<Project, 'folder'>): string | undefined =>
  AGENT_FILES.map((name) => path.join(folder, name)).find(existsSync);
