/** One `--set path=value`. */
export interface Assignment {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Reads `a.b=value`: the value is JSON, a number, true or false, else a text. Undefined when it has no such form. */
export function parseAssignment(text: string): Assignment | undefined {
  const [, dotted = '', raw = ''] = /^([\w$]+(?:\.[\w:-]+)*)=(.*)$/s.exec(text) ?? [];
  const path = dotted.split('.');
  // Such a key would reach into every object of the process.
  if (dotted === '' || path.includes('__proto__')) return undefined;
  return { path, value: readValue(raw.trim()) };
}

function readValue(raw: string): unknown {
  if (/^(true|false)$/i.test(raw)) return raw.toLowerCase() === 'true';
  // JSON knows neither a plus sign nor a leading point or zero.
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(raw)) return Number(raw);
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy of the settings with the value at the path; objects on the way are made. */
export function withValue(tree: unknown, [key = '', ...rest]: readonly string[], value: unknown): Tree {
  const base = isTree(tree) ? tree : {};
  return { ...base, [key]: rest.length === 0 ? value : withValue(base[key], rest, value) };
}
