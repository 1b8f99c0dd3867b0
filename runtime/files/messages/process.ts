/** Texts about checking values, catalogs and packages. */
export const PROCESS_MESSAGES = {} as const;
