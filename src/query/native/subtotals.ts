/** Groupings by some of a groupBy's dimensions. https://druid.apache.org/docs/latest/querying/groupbyquery#more-on-subtotalsspec */
import { z } from 'zod';
import type { Value } from '../../catalog/index.ts';
import { nearestWord } from '../../errors.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { QueryMistake } from '../define.ts';

/** Each a list of output names. */
export const subtotalsSchema = z
  .array(z.array(z.string()))
  .nullish()
  .transform((subtotals) => (subtotals?.length ? subtotals : undefined));

export interface Grouping {
  /** `FROM … WHERE …`. */
  readonly from: Sql;
  /** `… AS t`; undefined where there is one bucket for everything. */
  readonly bucket: Sql | undefined;
  /** `… AS t` of that one bucket. */
  readonly start: Sql;
  readonly keys: readonly Value[];
  readonly folds: readonly Sql[];
}

/** Rows of `t`, `d0` …, the states, and `s`, the place of their grouping. A dimension that is not among a grouping's is null. */
export function subtotalsOf(
  subtotals: readonly (readonly string[])[],
  names: readonly string[],
  grouping: Grouping,
): Sql {
  const groupings = subtotals.map((subtotal, i) => {
    for (const [j, name] of subtotal.entries()) {
      if (names.includes(name)) continue;
      const near = nearestWord(name, names);
      const hint = near ? `; did you mean '${near}'?` : '';
      throw new QueryMistake(['subtotalsSpec', i, j], `the query has no dimension of the outputName '${name}'${hint}`);
    }
    const kept = new Set(names.flatMap((name, index) => (subtotal.includes(name) ? [index] : [])));
    return sql`(${groupedBy(grouping, kept, [sql`${i} AS s`])} HAVING count(*) > 0)`;
  });
  return join(groupings, ' UNION ALL ');
}

/** Rows of `t`, `d0` … and the states. */
export function groupedBy(
  { from, bucket, start, keys, folds }: Grouping,
  kept: ReadonlySet<number> = new Set(keys.keys()),
  more: readonly Sql[] = [],
): Sql {
  const columns = keys.map(({ sql: value }, i) => {
    // A null of the dimension's type.
    const key = kept.has(i) ? value : sql`any_value(${value}) FILTER (WHERE false)`;
    return sql`${key} AS ${ident(`d${i}`)}`;
  });
  const ordinals = [...(bucket ? [sql`1`] : []), ...[...kept].map((i) => sql`${i + 2}`)];
  const grouped = ordinals.length === 0 ? sql`` : sql` GROUP BY ${join(ordinals)}`;
  // The count makes it an aggregate where nothing else does.
  return sql`SELECT ${join([bucket ?? start, ...columns, ...folds, sql`count(*) AS n`, ...more])} ${from}${grouped}`;
}
