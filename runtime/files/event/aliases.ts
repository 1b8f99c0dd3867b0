import { CST, Lexer } from 'yaml';

/** How often a YAML text refers to an anchor (`*name`); only tokens are read, nothing is built. */
export function countAliases(text: string): number {
  let [count, isScalar] = [0, false];
  for (const token of new Lexer().lex(text)) {
    // What follows this mark is a scalar's text, whatever it begins with.
    if (!isScalar && CST.tokenType(token) === 'alias') count += 1;
    isScalar = token === CST.SCALAR;
  }
  return count;
}
