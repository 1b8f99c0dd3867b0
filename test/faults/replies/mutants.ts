/** Ways to break the runtime that the checker must detect. Each changes a class for good. */
export const mutants: Readonly<Record<string, () => void>> = {};
