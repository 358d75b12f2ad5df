/** What a segmentMetadata query tells of a column: SQL aggregates over a segment's rows, and how segments' facts merge. */
import type { Value } from '../../catalog/index.ts';
import { type Sql, sql } from '../../sql.ts';
import { type Encode, encodeLong, encodeString } from '../encode.ts';

export interface Fact {
  readonly name: string;
  /** An aggregate over the rows of one segment. */
  readonly fold: Sql;
  /** An aggregate over segments. */
  merge(fact: Sql): Sql;
  readonly encode: Encode;
}

const anyOf = (fact: Sql) => sql`bool_or(${fact})`;
const totalOf = (fact: Sql) => sql`CAST(sum(${fact}) AS BIGINT)`;
/** Null is the smallest value. */
const smallestOf = (fact: Sql) => sql`CASE WHEN count(*) = count(${fact}) THEN min(${fact}) END`;
const largestOf = (fact: Sql) => sql`max(${fact})`;
const encodeFlag: Encode = (value) => String(value);

const nothing = sql`NULL`;

/** In the order in which they are printed. What was not asked for is null, a size 0. */
export function factsOf(value: Value, analyses: ReadonlySet<string>): readonly Fact[] {
  const asked = (analysis: string, fold: Sql) => (analyses.has(analysis) ? fold : nothing);
  const text = value.type === 'STRING';
  const known = value.multiValue ? listFacts(value.sql) : valueFacts(value);
  return [
    { name: 'hasMultipleValues', fold: known.several, merge: anyOf, encode: encodeFlag },
    { name: 'hasNulls', fold: known.nulls, merge: anyOf, encode: encodeFlag },
    { name: 'size', fold: sql`coalesce(${asked('size', known.size)}, 0)`, merge: totalOf, encode: encodeLong },
    {
      name: 'cardinality',
      fold: text ? sql`coalesce(${asked('cardinality', known.distinct)}, 0)` : nothing,
      merge: largestOf,
      encode: encodeLong,
    },
    { name: 'minValue', fold: text ? asked('minmax', known.least) : nothing, merge: smallestOf, encode: encodeString },
    { name: 'maxValue', fold: text ? asked('minmax', known.most) : nothing, merge: largestOf, encode: encodeString },
  ];
}

interface Known {
  readonly several: Sql;
  readonly nulls: Sql;
  readonly size: Sql;
  /** Null counts as a value. */
  readonly distinct: Sql;
  readonly least: Sql;
  readonly most: Sql;
}

function valueFacts({ sql: value, type }: Value): Known {
  const text = type === 'STRING';
  const nulls = sql`(count(*) > count(${value}))`;
  return {
    several: sql`false`,
    // Druid says so of every complex column and of arrays.
    nulls: /^(COMPLEX|ARRAY)</.test(type) ? sql`true` : nulls,
    size: text ? sql`CAST(sum(strlen(${value})) AS BIGINT)` : /^ARRAY</.test(type) ? sql`0` : sql`8 * count(*)`,
    distinct: sql`(count(DISTINCT ${value}) + CAST(${nulls} AS BIGINT))`,
    least: sql`CASE WHEN NOT ${nulls} THEN min(${value}) END`,
    most: sql`max(${value})`,
  };
}

function listFacts(list: Sql): Known {
  const nulls = sql`bool_or(len(list_filter(${list}, lambda v: v IS NULL)) > 0)`;
  const distinct = sql`len(list_distinct(flatten(list(DISTINCT ${list}))))`;
  return {
    several: sql`bool_or(len(${list}) > 1)`,
    nulls,
    size: sql`CAST(sum(list_sum(list_transform(${list}, lambda v: strlen(v)))) AS BIGINT)`,
    distinct: sql`(${distinct} + CAST(${nulls} AS BIGINT))`,
    least: sql`CASE WHEN NOT (${nulls}) THEN min(list_min(${list})) END`,
    most: sql`max(list_max(${list}))`,
  };
}

/** `STRING`, `LONG`, `ARRAY`, …; of a complex type its name. */
export function typeName({ type }: Value): string {
  if (type.startsWith('ARRAY<')) return 'ARRAY';
  return /^COMPLEX<(.*)>$/.exec(type)?.[1] ?? type;
}
