/** Texts about executions and their dispatch. */
export const RUN_MESSAGES = {} as const;
