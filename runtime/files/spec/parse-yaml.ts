import { Composer, CST, type Document, Lexer, LineCounter, type ParsedNode, Parser } from 'yaml';
import type { FilesCode } from '../messages.ts';
import type { MessageValues, Position } from './types.ts';

/** Text to a YAML document within limits that hostile text cannot pass (contract files §4.1). */

/** Contract files §4.1. */
const MAX_BYTES = 1_048_576;
const MAX_ALIASES = 100;
/** Deeper than any specification is; the composer calls itself, and the whole process ends when the stack does. */
const MAX_DEPTH = 40;
/** A specification of 1 MiB has about 540,000; text that has more is made to be slow. */
const MAX_LEXEMES = 600_000;
/** Behind so many, more help nobody, and each costs the composer dearly. */
const MAX_SYNTAX_ERRORS = 100;

/** A finding before paths are known. */
export interface Fault {
  readonly code: FilesCode;
  readonly at: Position;
  readonly values: MessageValues;
}

export interface ParsedText {
  /** Undefined: not even a part of the text can be read. */
  readonly document: Document.Parsed<ParsedNode> | undefined;
  readonly faults: readonly Fault[];
  place(offset: number): Position;
}

const START: Position = { line: 1, column: 1 };

/** Reads YAML 1.2 with the core schema. Never throws. */
export function parseYaml(text: string): ParsedText {
  const lines = new LineCounter();
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? START : { line, column: Math.max(col, 1) };
  };
  const refused = (code: FilesCode, at: Position, values: MessageValues): ParsedText => ({
    document: undefined,
    faults: [{ code, at, values }],
    place,
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return refused('SPEC_TOO_LARGE', START, { bytes, limit: MAX_BYTES });
  const control = CONTROL.exec(text);
  if (control) {
    lines.lineStarts.push(...lineStarts(text.slice(0, control.index)));
    const character = (text.codePointAt(control.index) ?? 0).toString(16).padStart(4, '0').toUpperCase();
    return refused('YAML_CONTROL_CHARACTER', place(control.index), { character });
  }
  const scanned = scan(text, lines);
  if ('limit' in scanned) return refused(scanned.limit, place(scanned.offset), scanned.values);
  return { ...compose(text, scanned.tokens, lines, place), place };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const lineStarts = (text: string): readonly number[] => [
  0,
  ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1),
];

type Tokens = ReturnType<Parser['next']> extends Generator<infer Token> ? readonly Token[] : never;
type Scanned =
  | { readonly tokens: Tokens }
  | { readonly limit: FilesCode; readonly offset: number; readonly values: MessageValues };

/** Tokens of the text, built without recursion, so that depth and number are known before anything recursive runs. */
function scan(text: string, lines: LineCounter): Scanned {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens: Tokens[number][] = [];
  let [lexemes, aliases, errors] = [0, 0, 0];
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === 'error') errors += 1;
    }
    lexemes += 1;
    if (before !== CST.SCALAR && CST.tokenType(lexeme) === 'alias') aliases += 1;
    before = lexeme;
    if (parser.stack.length > MAX_DEPTH)
      return { limit: 'YAML_TOO_DEEP', offset, values: { limit: MAX_DEPTH } };
    if (aliases > MAX_ALIASES) return { limit: 'YAML_ALIASES', offset, values: { limit: MAX_ALIASES } };
    if (lexemes > MAX_LEXEMES) return { limit: 'YAML_EXPANSION', offset, values: { limit: MAX_LEXEMES } };
    if (errors > MAX_SYNTAX_ERRORS) break;
  }
  tokens.push(...parser.end());
  return { tokens };
}

class EnoughErrors extends Error {}

function compose(
  text: string,
  tokens: Tokens,
  lines: LineCounter,
  place: (offset: number) => Position,
): Pick<ParsedText, 'document' | 'faults'> {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    // Ours: the library's own compares each key with each.
    uniqueKeys: false,
    resolveKnownTags: false,
    merge: false,
    lineCounter: lines,
  });
  const faults = new SyntaxFaults(place);
  // The composer gathers errors without limit; this ends it when there are enough.
  const onError: OnError = (source, code, message, isWarning) => {
    const offset =
      typeof source === 'number' ? source : 'offset' in source ? source.offset : (source[0] ?? 0);
    if (!isWarning || code === 'TAG_RESOLVE_FAILED') faults.add(code, offset, message);
    if (faults.count >= MAX_SYNTAX_ERRORS) throw new EnoughErrors();
  };
  Object.assign(composer, { onError });
  let document: Document.Parsed<ParsedNode> | undefined;
  try {
    for (const each of composer.compose(tokens, true, text.length)) {
      if (document) faults.add('MULTIPLE_DOCS', each.range[0], '');
      else document = each as Document.Parsed<ParsedNode>;
      for (const { code, pos, message } of each.errors) faults.add(code, pos[0], message);
      if (document !== each) break;
    }
  } catch (error) {
    if (!(error instanceof EnoughErrors)) faults.add('IMPOSSIBLE', 0, 'it cannot be composed');
  }
  return { document, faults: faults.list };
}

type OnError = (
  source: number | { offset: number } | readonly number[],
  code: string,
  message: string,
  isWarning?: boolean,
) => void;

/** Syntax errors in our words, the first of each line: the others mostly follow from it. */
class SyntaxFaults {
  readonly list: Fault[] = [];
  readonly #lines = new Set<number>();
  count = 0;

  constructor(readonly place: (offset: number) => Position) {}

  add(code: string, offset: number, message: string): void {
    this.count += 1;
    const at = this.place(offset);
    if (this.#lines.has(at.line)) return;
    this.#lines.add(at.line);
    const detail = message.split('\n', 1)[0]?.slice(0, 200) ?? '';
    const isUnclosed = code === 'BAD_INDENT' && / end with a .$/.test(detail);
    const known = isUnclosed ? 'YAML_MISSING_CHARACTER' : SYNTAX_CODES[code];
    this.list.push({ code: known ?? 'YAML_SYNTAX', at, values: { detail } });
  }
}

/** Codes of the library that have a text of their own. */
const SYNTAX_CODES: Readonly<Record<string, FilesCode>> = {
  TAB_AS_INDENT: 'YAML_TAB',
  BAD_INDENT: 'YAML_INDENT',
  BLOCK_AS_IMPLICIT_KEY: 'YAML_COLON',
  MISSING_CHAR: 'YAML_MISSING_CHARACTER',
  BAD_DQ_ESCAPE: 'YAML_ESCAPE',
  TAG_RESOLVE_FAILED: 'YAML_TAG',
  MULTIPLE_TAGS: 'YAML_TAG',
  MULTIPLE_DOCS: 'YAML_MULTIPLE_DOCUMENTS',
};
