/** Limits of an event (contract files §3.4, B2). */
export const MAX_INPUTS = 1_000;
export const MAX_YAML_BYTES = 1_048_576;
export const MAX_ALIASES = 100;
/** The event's form; release N reads what N-1 wrote. */
export const EVENT_VERSION = 1;
