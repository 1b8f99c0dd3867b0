/** Texts about the rules of a specification. */
export const RULES_MESSAGES = {} as const;
