/** What a flag that is not set looks like, where a service, a person or a model did not write a truth value. */
export const UNSET: readonly unknown[] = [false, null, 0, '', '0', 'false', 'False', 'FALSE'];

/** Whether a flag is set. What is not plainly unset counts: better a person too many than none. */
export const isSet = (value: unknown): boolean => value !== undefined && !UNSET.includes(value);
