import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (value: string) => createHash('sha256').update(value, 'utf8').digest();

/** Compares secrets in constant time, whatever their lengths and characters. An empty one equals nothing. */
export const secretsEqual = (given: string | undefined, expected: string | undefined): boolean =>
  given ? timingSafeEqual(digest(given), digest(expected ?? '')) && expected !== '' : false;
