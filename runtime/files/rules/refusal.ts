import type { FilesCode } from '../messages.ts';
import type { MessageValues } from '../spec/types.ts';

/** The reading of an expression ends here. `offset` is the place in the expression's text, from 0. */
export class RuleRefusal extends Error {
  override name = 'RuleRefusal';

  constructor(
    readonly code: FilesCode,
    readonly offset: number,
    readonly values: MessageValues,
  ) {
    super(code);
  }
}

/** What the user can do about something that is not allowed; a text of its own in every locale. */
type Hint = Extract<FilesCode, `RULE_HINT_${string}`>;

/** `text` is the piece of the expression that is refused. */
export function unsupported(text: string, offset: number, hint: Hint = 'RULE_HINT_NONE'): RuleRefusal {
  return new RuleRefusal('RULE_UNSUPPORTED', offset, { text: shorten(text), hint });
}

/** The same with what to write in its place. */
export function replaceable(text: string, offset: number, replacement: string): RuleRefusal {
  return new RuleRefusal('RULE_UNSUPPORTED', offset, {
    text: shorten(text),
    hint: 'RULE_HINT_REPLACE',
    replacement,
  });
}

/** `limit` is the name of the limit's text. */
export function overLimit(
  limit: Extract<FilesCode, `RULE_LIMIT_${string}`>,
  most: number,
  offset: number,
): RuleRefusal {
  return new RuleRefusal('RULE_LIMIT', offset, { limit, most });
}

const shorten = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}...`);
