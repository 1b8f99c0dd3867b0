/** Where two JSON values differ, one line each: `path: left -> right`. */
export function differences(left: unknown, right: unknown, path = '$'): string[] {
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) {
    const [before, after] = [JSON.stringify(left), JSON.stringify(right)];
    return before === after ? [] : [`${path}: ${before} -> ${after}`];
  }
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return keys.flatMap((key) => differences(left[key], right[key], `${path}.${key}`));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
