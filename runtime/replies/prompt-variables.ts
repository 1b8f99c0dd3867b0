import { ConfigError } from '../core/errors.ts';
import { variablesIn } from '../models/prompt-variables.ts';
import type { Prompts } from '../models/prompts.ts';
import { PROMPTS_FILE } from '../models/prompts-file.ts';
import { isVariable, VARIABLE_NAMES } from './model-input.ts';

/** Throws `ConfigError` where instructions name what no record has: it would be left blank without a word. */
export function checkVariables({ byReference }: Prompts): void {
  const faults = [...new Set(byReference.values())].flatMap(({ id, version, instructions }) =>
    [...new Set(variablesIn(instructions))]
      .filter((name) => !isVariable(name))
      .map(
        (name) =>
          `${PROMPTS_FILE}: ${id}@${version} names {{${name}}}, which no record has; there are ${VARIABLE_NAMES.join(', ')}`,
      ),
  );
  if (faults.length > 0) throw new ConfigError(faults);
}
