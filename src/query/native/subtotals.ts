/** Groupings by some of a groupBy's dimensions. https://druid.apache.org/docs/latest/querying/groupbyquery#more-on-subtotalsspec */
import { z } from 'zod';
import type { Value } from '../../catalog/index.ts';
import { nearestWord } from '../../errors.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import type { BucketKey } from '../bucket-key.ts';
import { QueryMistake } from '../define.ts';

/** Each a list of output names. */
export const subtotalsSchema = z
  .array(z.array(z.string()))
  .nullish()
  .transform((subtotals) => (subtotals?.length ? subtotals : undefined));

export interface Grouping {
  /** `FROM … WHERE …`. */
  readonly from: Sql;
  /** Undefined where there is one bucket for everything. */
  readonly bucket: BucketKey | undefined;
  /** `… AS t` of that one bucket. */
  readonly start: Sql;
  readonly keys: readonly Value[];
  /** In a grouping of subtotals by the dimensions that it is by. */
  foldsOf(grouped: ReadonlySet<string> | undefined): readonly Sql[];
}

/** What differs between the groupings. */
interface Subtotal {
  /** Indexes of the keys that it groups by. */
  readonly kept: ReadonlySet<number>;
  readonly folds: readonly Sql[];
  /** Further columns. */
  readonly more: readonly Sql[];
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
    const folds = grouping.foldsOf(new Set(subtotal));
    return sql`(${groupedBy(grouping, { kept, folds, more: [sql`${i} AS s`] })} HAVING count(*) > 0)`;
  });
  return join(groupings, ' UNION ALL ');
}

/** Rows of `t`, `d0` … and the states. */
export function groupedBy(
  { from, bucket, start, keys, foldsOf }: Grouping,
  { kept = new Set(keys.keys()), folds = foldsOf(undefined), more = [] }: Partial<Subtotal> = {},
): Sql {
  const columns = keys.map(({ sql: value }, i) => {
    // A null of the dimension's type.
    const key = kept.has(i) ? value : sql`any_value(${value}) FILTER (WHERE false)`;
    return sql`${key} AS ${ident(`d${i}`)}`;
  });
  const by = [...(bucket ? [bucket.key] : []), ...[...kept].map((i) => sql`${i + 2}`)];
  const grouped = by.length === 0 ? sql`` : sql` GROUP BY ${join(by)}`;
  const time = bucket ? sql`${bucket.startOf(bucket.key)} AS t` : start;
  // The count makes it an aggregate where nothing else does.
  return sql`SELECT ${join([time, ...columns, ...folds, sql`count(*) AS n`, ...more])} ${from}${grouped}`;
}
