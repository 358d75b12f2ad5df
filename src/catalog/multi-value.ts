/** Lists of a multi-value dimension's values, and conditions on them in three-valued logic. */
import { type Sql, sql } from '../sql.ts';

/** A list without values is one of null, as Druid groups and filters it. */
export const neverEmpty = (list: Sql): Sql => sql`CASE WHEN len(${list}) > 0 THEN ${list} ELSE [NULL] END`;

/** A condition as a number, so that of several the largest says whether one is true, and the smallest whether all are. */
export const rankOf = (condition: Sql): Sql => sql`coalesce(2 * CAST(${condition} AS TINYINT), 1)`;

/** The condition of a rank again; unknown for the rank between true and false. */
export const verdictOf = (rank: Sql): Sql => sql`(nullif(${rank}, 1) = 2)`;
