import { countAliases } from './aliases.ts';
import { MAX_ALIASES, MAX_YAML_BYTES } from './limits.ts';
import type { EventProblem } from './types.ts';

/** What keeps a specification's text from being read at all. `path` says where it came from. */
export function yamlProblems(text: string, path: string): readonly EventProblem[] {
  if (text.trim() === '') return [{ path, message: 'must not be empty' }];
  if (Buffer.byteLength(text) > MAX_YAML_BYTES)
    return [{ path, message: `must have at most ${MAX_YAML_BYTES} bytes` }];
  return countAliases(text) > MAX_ALIASES
    ? [{ path, message: `must have at most ${MAX_ALIASES} aliases` }]
    : [];
}
