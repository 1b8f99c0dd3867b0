/** `{{name}}`, with or without spaces inside. */
const VARIABLE = /\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g;

/** The names in the instructions, in their order. */
export const variablesIn = (instructions: string): readonly string[] =>
  [...instructions.matchAll(VARIABLE)].map(([, name = '']) => name);

/** Whether every `{{` begins a variable. */
export const hasOnlyVariables = (instructions: string): boolean =>
  !instructions.replaceAll(VARIABLE, '').includes('{{');

/** Puts values where the names stand; nothing for a name that has none. */
export const filled = (instructions: string, values: Readonly<Record<string, string>>): string =>
  instructions.replaceAll(VARIABLE, (_whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : '',
  );
