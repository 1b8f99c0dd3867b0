/** Greater than any place in a text. */
export const NONE = 2 ** 30 - 1;

const CR = 13;
const LF = 10;

export const find = (text: string, what: string, from: number): number => {
  const at = text.indexOf(what, from);
  return at < 0 ? NONE : at;
};

/**
 * Where the next line feed, quote, … stands from a place on. Each is looked for once: a file without carriage
 * returns is not searched for one at every line. Places may only grow until `reset`.
 */
export class Marks {
  #lf = -1;
  #cr = -1;
  #quote = -1;
  #delimiter = -1;
  #nul = -1;

  constructor(
    readonly text: string,
    readonly delimiterChar: string,
    readonly quoteChar: string,
  ) {}

  /** Places may be smaller again from here on. */
  reset(): void {
    this.#lf = this.#cr = this.#quote = this.#delimiter = this.#nul = -1;
  }

  lineEnd(from: number): number {
    if (this.#lf < from) this.#lf = find(this.text, '\n', from);
    if (this.#cr < from) this.#cr = find(this.text, '\r', from);
    return this.#lf < this.#cr ? this.#lf : this.#cr;
  }

  quote(from: number): number {
    if (this.#quote < from) this.#quote = this.quoteChar ? find(this.text, this.quoteChar, from) : NONE;
    return this.#quote;
  }

  delimiter(from: number): number {
    if (this.#delimiter < from) this.#delimiter = find(this.text, this.delimiterChar, from);
    return this.#delimiter;
  }

  nul(from: number): number {
    if (this.#nul < from) this.#nul = find(this.text, '\0', from);
    return this.#nul;
  }

  /** The first place of the line behind the line end at `end`. */
  after(end: number): number {
    return this.text.charCodeAt(end) === CR && this.text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
  }

  /** Whether what stands at `end` may be half of a CRLF, the other half of which is not here yet. */
  isHalf(end: number): boolean {
    return end === this.text.length - 1 && this.text.charCodeAt(end) === CR;
  }
}

/** Physical lines that begin within a text. */
export function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1))
    if (text.charCodeAt(at + 1) !== LF) count++;
  return count;
}
