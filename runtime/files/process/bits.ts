/** A growing set of small numbers, one bit each. */
export class Bits {
  #words = new Uint32Array(64);
  count = 0;

  has(number: number): boolean {
    return ((this.#words[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0;
  }

  add(number: number): void {
    if (this.has(number)) return;
    const word = number >>> 5;
    if (word >= this.#words.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    (this.#words[word] as number) |= 1 << (number & 31);
    this.count++;
  }
}
