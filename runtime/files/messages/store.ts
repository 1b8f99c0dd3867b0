/** Texts about storage, locks and the execution record. */
export const STORE_MESSAGES = {} as const;
