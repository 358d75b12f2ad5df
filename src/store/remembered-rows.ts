/** Rows that were read since the last change, by statement: what many queries ask about the same data is read once. */
import type { Sql } from '../sql.ts';

const maxRemembered = 200;

/** Characters of a statement that is worth its memory. */
const longestRemembered = 20_000;

export class RememberedRows {
  #rows = new Map<string, readonly unknown[]>();

  async get({ text }: Sql, read: () => Promise<readonly unknown[]>): Promise<readonly unknown[]> {
    if (text.length > longestRemembered) return read();
    // Filled only with what was read after the change that made it: a change that comes meanwhile brings another map.
    const rows = this.#rows;
    const known = rows.get(text);
    if (known) return known;
    const row = await read();
    if (rows.size >= maxRemembered) rows.clear();
    rows.set(text, row);
    return row;
  }

  forget(): void {
    this.#rows = new Map();
  }
}
