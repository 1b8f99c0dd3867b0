const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\' };

/**
 * A `.env` text as name → value (contract bot §4.1, §4.2); the command and the runtime read it the same way.
 * The first of two lines with one name wins. Nothing is expanded.
 */
export function parseDotenv(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const rawLine of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const line = rawLine.trim();
    const equals = line.indexOf('=');
    if (line.startsWith('#') || equals < 0) continue;
    const name = line
      .slice(0, equals)
      .replace(/^export\s+/, '')
      .trim();
    if (name !== '' && !Object.hasOwn(values, name)) values[name] = parseValue(line.slice(equals + 1));
  }
  return values;
}

function parseValue(raw: string): string {
  const value = raw.trim();
  const double = /^"((?:[^"\\]|\\.)*)"(?:\s+#.*)?$/.exec(value)?.[1];
  if (double !== undefined)
    return double.replace(/\\([nt"\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
  const single = /^'([^']*)'(?:\s+#.*)?$/.exec(value)?.[1];
  if (single !== undefined) return single;
  return raw.replace(/\s#.*$/, '').trim();
}
