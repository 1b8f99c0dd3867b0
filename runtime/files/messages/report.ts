/** Texts about reports and outputs. */
export const REPORT_MESSAGES = {} as const;
