/** Texts among others. */
import { join, type Sql, sql } from '../sql.ts';

/** From a dozen on the engine's IN is quicker where a column has no dictionary. */
const mostSearched = 8;

/**
 * Whether a text is one of some literals; unknown for NULL. What is a function of one column the engine asks for each entry of the
 * column's dictionary, but IN for each row.
 */
export function isOneOfTexts(text: Sql, literals: readonly Sql[]): Sql {
  const isFew = literals.length > 1 && literals.length <= mostSearched;
  return isFew ? sql`list_contains([${join(literals)}], ${text})` : sql`${text} IN (${join(literals)})`;
}
