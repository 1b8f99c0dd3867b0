import { escapeHtml } from './text.ts';

/** HTML that is safe to put into HTML. */
export class Markup {
  constructor(readonly markup: string) {}
}

type Part = string | number | Markup | readonly Part[];

const written = (part: Part): string => {
  if (part instanceof Markup) return part.markup;
  if (Array.isArray(part)) return part.map(written).join('');
  return escapeHtml(String(part));
};

/** A template whose values are escaped, but for markup and lists of it. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(
    texts.map((text, index) => `${text}${index < parts.length ? written(parts[index] ?? '') : ''}`).join(''),
  );

/** What is ours and needs no escaping: a style sheet, a script. */
export const raw = (text: string): Markup => new Markup(text);

export const NOTHING: Markup = new Markup('');
