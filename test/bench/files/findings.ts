import { createHash } from 'node:crypto';

/** What a contender found, so that all can be held against each other. */
export class Findings {
  records = 0;
  readonly #places: string[] = [];

  add(line: number, code: string, field: string): void {
    this.#places.push(`${line} ${code} ${field}`);
  }

  get count(): number {
    return this.#places.length;
  }

  /** The same for the same failures at the same lines, in whatever order. */
  digest(): string {
    return createHash('sha256').update(this.#places.sort().join('\n')).digest('hex');
  }
}
