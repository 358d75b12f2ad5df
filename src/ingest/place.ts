/**
 * A spatial dimension: text of coordinates, `52.5,13.4`. https://druid.apache.org/docs/latest/querying/geo#spatial-indexing
 */
import type { Scope, Value } from '../catalog/index.ts';
import { join, type Sql, sql } from '../sql.ts';

/** The event's field of its name, or else its coordinates out of some fields; null where any of them is no number. */
export function placeOf(name: string, dims: readonly string[], scope: Scope): Value {
  const { single: given, isMissing } = soleOf(scope.column(name));
  const numbers = sql`list_filter(string_split(${given}, ','), lambda c: TRY_CAST(c AS FLOAT) IS NULL) = []`;
  return {
    sql: sql`CASE WHEN ${isMissing} THEN ${joined(dims, scope)} WHEN ${numbers} THEN ${given} END`,
    type: 'STRING',
  };
}

function joined(dims: readonly string[], scope: Scope): Sql {
  if (dims.length === 0) return sql`NULL`;
  const parts = dims.map((dim) => soleOf(scope.column(dim)).single);
  const areNumbers = join(
    parts.map((part) => sql`TRY_CAST(${part} AS FLOAT) IS NOT NULL`),
    ' AND ',
  );
  return sql`CASE WHEN ${areNumbers} THEN concat_ws(',', ${join(parts)}) END`;
}

/** The one value of a field; one that has several is not missing. */
function soleOf({ sql: value, multiValue }: Value): { readonly single: Sql; readonly isMissing: Sql } {
  if (!multiValue) return { single: sql`CAST(${value} AS VARCHAR)`, isMissing: sql`${value} IS NULL` };
  const single = sql`CASE WHEN len(${value}) = 1 THEN (${value})[1] END`;
  return { single, isMissing: sql`(len(${value}) = 1 AND (${value})[1] IS NULL)` };
}
