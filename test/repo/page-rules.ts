import { globSync, readFileSync } from 'node:fs';
import type { Environment } from '../../runtime/core/config.ts';
import { withoutComments } from './imports.ts';
import { codeIn } from './markdown.ts';

/** What a system's page is held against: the sources of the system, read as text. */

export interface Sources {
  readonly patterns: readonly string[];
  readonly exclude?: readonly string[];
}

const texts = ({ patterns, exclude = [] }: Sources): readonly string[] =>
  globSync([...patterns], { exclude: [...exclude] }).map((file) =>
    withoutComments(readFileSync(file, 'utf8')),
  );

/** All sources as one text, without comments. */
export const code = (...patterns: readonly string[]): string => texts({ patterns }).join('\n');

/** The first thing in backticks of a cell. */
export const first = (cell = ''): string => codeIn(cell)[0] ?? '';

/** The sources as a reader of messages sees them: placeholders as …, texts over several lines as one. */
export const spoken = (sources: Sources): string =>
  texts(sources)
    .map((text) => text.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…').replaceAll(/['`]\s*\+\s*['`]/g, ''))
    .join('\n');

/** What stands in a source as `\n` and `\'`, as it is printed. */
export const printed = (text: string): string => text.replaceAll('\\n', '\n').replaceAll("\\'", "'");

/** First lines of the texts that a user may meet: of errors, faults, warnings and answers. */
export function userTexts(said: string): readonly string[] {
  const calls =
    /(?:new (?:\w*Error|Problem)|super|malformed|textAnswer|jsonAnswer|faults\.push|warnings\.push|command\.error)\(\s*(?:\d+,\s*)?(?:'[A-Z_]+',\s*)?\[?\s*(['"`])((?:\\.|(?!\1)[^\\])+)\1/g;
  const found = [...said.matchAll(calls)].map(
    ([, , text = '']) => text.replaceAll("\\'", "'").split('\\n')[0] ?? '',
  );
  // An error's code stands before a text that is put together elsewhere.
  return [...new Set(found.filter((text) => !/^[A-Z_]*$/.test(text)))];
}

/** Whether a text is quoted word for word, or by a row that stands for several (`… is missing`). */
export function quotedBy(quoted: readonly string[]): (text: string) => boolean {
  const patterns = quoted.map((text) => {
    const parts = text.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.+')}$`);
  });
  return (text) => patterns.some((pattern) => pattern.test(text));
}

const LEVELS = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', critical: 'CRITICAL' } as const;

/** `line LEVEL` of every log line that stands in the sources. */
export const logLines = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/\.(debug|info|warn|error|critical)\(\s*'([a-z_]+)'/g)].map(
      ([, level, line]) => `${line} ${LEVELS[level as keyof typeof LEVELS]}`,
    ),
  ),
];

/** Lines whose level is chosen while the function runs. */
export const linesOfAnyLevel = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/(?:log\[[^\]]+\]|\bline)\(\s*'([a-z_]+)'/g)].map(([, line = '']) => line)),
];

/** Names of variables that stand in a source as `environment.NAME`. */
export const variablesIn = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/(?<=\b(?:process\.env|environment|real)\.)[A-Z][A-Z0-9_]+/g)].map(([name]) => name),
  );

/** An environment that notes what is read of it. */
export const recorded = (environment: Environment, read: Set<string>): Environment =>
  new Proxy(environment, {
    get: (target, name) => {
      if (typeof name === 'string') read.add(name);
      return target[String(name)];
    },
  });

/** Parts of the reply engine alone: what they say stands on its own page. */
export const REPLIES_ALONE = [
  '{runtime,cli,modules}/replies/**/*.ts',
  'runtime/channels/twilio/**/*.ts',
  'runtime/models/{anthropic,bedrock,open-model,openai-responses,prompts*,scripted,without-tools}.ts',
];

/** Parts of files alone, likewise. */
export const FILES_ALONE = ['{runtime,cli,modules}/files/**/*.ts'];

/** The last part of each alarm's name. */
export const alarmNames = (alarms: object = {}): readonly string[] =>
  Object.values(alarms).map(({ alarm_name: name }) => String(name).replace(/^.*\}-/, ''));
