import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What keys of the services look like that hookline talks to (contract replies §15, hole 29). */
const KEYS: Readonly<Record<string, RegExp>> = {
  'AWS access key': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  'Twilio account or API key': /\b(?:AC|SK)[0-9a-f]{32}\b/g,
  'model key': /\bsk-[A-Za-z0-9_-]{32,}/g,
  'Telegram token': /\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b/g,
  'Graph token': /\bEAA[A-Za-z0-9]{60,}/g,
  'private key': /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g,
};

/** Made up, and visibly so: at most three different characters behind the prefix, or AWS's own example. */
const isMadeUp = (key: string): boolean => new Set(key.slice(2)).size <= 3 || key.endsWith('EXAMPLE');

const keysIn = (text: string): string[] =>
  Object.entries(KEYS).flatMap(([kind, pattern]) =>
    (text.match(pattern) ?? []).filter((key) => !isMadeUp(key)).map(() => kind),
  );

test('a key is found, a made-up one is not', () => {
  const real = ['AKIA', 'Q3EGXN7Y2LZ5TR4W'].join('');
  expect(keysIn(`key = ${real}`)).toEqual(['AWS access key']);
  expect(keysIn(`sid = AC${'0'.repeat(31)}1`)).toEqual([]);
});

test('no file of the repository holds a key', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
  const found = files.flatMap((file) =>
    keysIn(readFileSync(file, 'latin1')).map((kind) => `${file}: ${kind}`),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(found).toEqual([]);
});
