/** Texts about reading data files. */
export const READ_MESSAGES = {} as const;
