import { PROCESS_MESSAGES } from './messages/process.ts';
import { READ_MESSAGES } from './messages/read.ts';
import { REPORT_MESSAGES } from './messages/report.ts';
import { RULES_MESSAGES } from './messages/rules.ts';
import { RUN_MESSAGES } from './messages/run.ts';
import { SPEC_MESSAGES } from './messages/spec.ts';
import { STORE_MESSAGES } from './messages/store.ts';
import type { MessageValues } from './spec/types.ts';

/** Every text that a user of files meets, by its stable code (contract files §4.1). Each part adds its own file. */
const MESSAGES = {
  ...SPEC_MESSAGES,
  ...RULES_MESSAGES,
  ...READ_MESSAGES,
  ...PROCESS_MESSAGES,
  ...REPORT_MESSAGES,
  ...STORE_MESSAGES,
  ...RUN_MESSAGES,
} as const satisfies Readonly<Record<string, Message>>;

/** A code that has a text in every locale. */
export type FilesCode = keyof typeof MESSAGES;

export const LOCALES = ['es', 'en'] as const;
/** Default `es`. */
export type Locale = (typeof LOCALES)[number];

/** One text by locale; `{name}` stands for a value. A part's file: `export const X_MESSAGES = { CODE: { es, en } } as const`. */
export type Message = Readonly<Record<Locale, string>>;

/**
 * The text of a code, friendly and with what to do. A value that is itself a code is said in its own words, one level
 * deep; a place without a value stays as it is.
 */
export function say(locale: Locale, code: FilesCode, values: MessageValues = {}): string {
  return fill(MESSAGES[code][locale], values, (value) =>
    isFilesCode(value) ? fill(MESSAGES[value][locale], values, String) : value,
  ).trimEnd();
}

function fill(text: string, values: MessageValues, shown: (value: string) => string): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? shown(String(values[name])) : place,
  );
}

export const isFilesCode = (code: string): code is FilesCode => Object.hasOwn(MESSAGES, code);

/** All codes, for whoever lists them. */
export const FILES_CODES = Object.keys(MESSAGES) as readonly FilesCode[];
