import type { ModelMessage } from '../../models/model.ts';
import type { Block, HistoryRow, Turn } from '../agent.ts';
import type { Variables } from '../variables.ts';
import type { AgentConfig } from './config-file.ts';
import type { Fields } from './config-schema.ts';
import { describeFields } from './outputs.ts';

/** What the model is told before the conversation (contract bot §13.3). */
export function instructionsOf(
  { agent, general }: AgentConfig,
  outputs: Fields,
  variables: Variables,
): string {
  const fill = (text: string) => filled(text, variables);
  return [
    ...(general.general_system_description ? [fill(general.general_system_description)] : []),
    `Your name is ${agent.name}.`,
    fill(agent.system),
    'A message that is not yours begins with a line of JSON that says where it comes from. Do not write such a line.',
    `Answer with one JSON object and nothing around it. It has these fields:\n${describeFields(outputs)}`,
  ].join('\n\n');
}

/** Puts the variables' values where `$key$` stands; what is no variable stays. */
const filled = (text: string, variables: Variables): string =>
  text.replaceAll(/\$([^$\s]+)\$/g, (whole, key: string) =>
    Object.hasOwn(variables, key) ? shown(variables[key]) : whole,
  );

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** The rows that the agent may see, and the message at hand, which no filter takes away. */
export function messagesOf(config: AgentConfig, rows: readonly HistoryRow[], turn: Turn): ModelMessage[] {
  const { agent, general } = config;
  const { positive_filter: only, negative_filter: without } = agent;
  const isIn = ({ role, type }: HistoryRow, filter: readonly string[]) =>
    filter.includes(role) || filter.includes(type);
  const withTime = agent.include_timestamp ?? general.include_timestamp ?? false;
  const timeOf = (at: string) => (withTime ? { timestamp: localTime(at, general.timezone ?? 'UTC') } : {});
  const seen = rows.filter((row) => (!only || isIn(row, only)) && !(without && isIn(row, without)));
  return [
    ...seen.flatMap((row) => rowMessage(row, agent.name, timeOf(row.timestamp))),
    { role: 'user', text: labelled({ source: 'user', ...timeOf(turn.timestamp) }, turn.text) },
  ];
}

/** Metadata and variables are never sent; a row with nothing else is left out. */
function rowMessage(row: HistoryRow, own: string, time: object): readonly ModelMessage[] {
  const text = row.blocks
    .filter(({ type }) => type === 'text')
    .map(({ content }: Block) => shown(content))
    .filter((part) => part !== '')
    .join('\n');
  if (text === '') return [];
  const isOwn = row.type === 'agent' && (row.role === own || row.role === 'agent');
  return [
    isOwn
      ? { role: 'assistant', text }
      : { role: 'user', text: labelled({ source: row.role, ...time }, text) },
  ];
}

const labelled = (label: object, text: string): string => `${JSON.stringify(label)}\n${text}`;

/** `2026-11-21 11:00:00` on the clocks of the timezone. Times in a history are UTC, whether they say so or not. */
function localTime(at: string, timeZone: string): string {
  const time = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(at) ? at : `${at.replace(' ', 'T')}Z`);
  if (Number.isNaN(time.getTime())) return at;
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(time);
}
