/**
 * Numbers that columns want of fields that are text. An event with a field that does not become its number is kept, with null there;
 * Druid counts it as `processedWithError`. https://druid.apache.org/docs/latest/ingestion/tasks#row-stats
 */
import type { ColumnType, Value } from '../catalog/index.ts';
import { ident, join, type Sql, sql } from '../sql.ts';

interface Conversion {
  readonly alias: Sql;
  readonly number: Sql;
  readonly failed: Sql;
  readonly message: Sql;
}

export class Conversions {
  readonly #conversions = new Map<string, Conversion>();

  /**
   * The field's number, as it stands in {@link project}. What is no text cannot fail, and needs no place there.
   * @param where of which events it is wanted; undefined: of all
   */
  add(field: string, given: Value, type: ColumnType, number: Sql, where?: Sql): Sql {
    if (given.type !== 'STRING') return number;
    const key = `${type} ${field} ${where?.text ?? ''}`;
    const known = this.#conversions.get(key);
    if (known) return known.alias;
    const alias = ident(`n${this.#conversions.size}`);
    const text = given.multiValue ? sql`(${given.sql})[1]` : given.sql;
    const missing = sql`(${text} IS NOT NULL AND ${alias} IS NULL)`;
    // A filter that is null lets nothing pass.
    const failed = where ? sql`(${missing} AND coalesce(${where}, false))` : missing;
    const message = sql`CASE WHEN ${failed} THEN 'Unable to parse value[' || left(${text}, 200) || ${`] for field[${field}]`} END`;
    this.#conversions.set(key, { alias, number, failed, message });
    return alias;
  }

  /** The rows of a relation, with the numbers beside. */
  project(source: Sql): Sql {
    if (this.#conversions.size === 0) return source;
    const numbers = [...this.#conversions.values()].map(({ alias, number }) => sql`${number} AS ${alias}`);
    return sql`SELECT *, ${join(numbers)} FROM (${source})`;
  }

  /** Whether any of them failed, in a row of {@link project}. Undefined: none can. */
  get failed(): Sql | undefined {
    const failed = [...this.#conversions.values()].map((conversion) => conversion.failed);
    return failed.length === 0 ? undefined : sql`(${join(failed, ' OR ')})`;
  }

  /** VARCHAR: which of them failed, in words, a line each. */
  get messages(): Sql {
    const messages = [...this.#conversions.values()].map(({ message }) => message);
    return sql`concat_ws(chr(10), ${join([sql`NULL::VARCHAR`, ...messages])})`;
  }
}
