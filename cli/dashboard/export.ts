import type { StoredHistory } from '../../runtime/bot/stored-history.ts';
import { download } from './answers.ts';
import { rowViews } from './conversation.ts';
import type { BlockView, RowView } from './views.ts';

/** A conversation as a file: all that is stored as JSON, or what was said as Markdown. */
export function downloadOf(format: 'json' | 'md', chatId: string, stored: StoredHistory): Response {
  if (format === 'md') return download(`${chatId}.md`, 'text/markdown', transcript(chatId, stored));
  const { key, chatIds, state, rows, ledger } = stored;
  const body = JSON.stringify({ chat_id: chatId, chat_ids: chatIds, key, state, rows, ledger }, null, 2);
  return download(`${chatId}.json`, 'application/json', body);
}

/** What was said, oldest first. Media stand there by kind and reference. */
export function transcript(chatId: string, { rows }: StoredHistory): string {
  const said = rowViews(rows).map(paragraph);
  return [`# Chat ${chatId}`, ...said].join('\n\n').concat('\n');
}

function paragraph({ at, role, model, blocks }: RowView): string {
  const speaker = model === undefined ? role : `${role} (${model})`;
  const text = blocks.map(blockLine).join('\n\n');
  // Quoted, so that nothing that a user wrote becomes a heading, a link or markup of the page.
  const quoted = text.split('\n').map((line) => `> ${escaped(line)}`.trimEnd());
  return `**${escaped(speaker)}**, ${at.slice(0, 19).replace('T', ' ')} UTC\n\n${quoted.join('\n')}`;
}

const blockLine = ({ type, text, content }: BlockView): string =>
  text ?? `[${type}] ${JSON.stringify(content)}`;

const escaped = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>()#+\-.!|~&]/g, '\\$&');
