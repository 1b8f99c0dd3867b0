import { sentenceOf } from '../../said.ts';

/** What one check of `doctor` found. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'bad';
  readonly text: string;
  /** What to do about it. */
  readonly fix?: string;
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });

export const warning = (check: string, text: string, fix: string): Finding => ({
  check,
  state: 'warning',
  text,
  fix,
});

export const bad = (check: string, text: string, fix: string): Finding => ({
  check,
  state: 'bad',
  text,
  fix,
});

/** A check that could not be made is bad: nobody knows then. */
export async function checked(
  check: string,
  fix: string,
  make: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await make();
  } catch (error) {
    return [bad(check, sentenceOf(error), fix)];
  }
}
