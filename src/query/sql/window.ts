/** Window functions. https://druid.apache.org/docs/latest/querying/sql-window-functions */
import { join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode } from './ast.ts';
import { lacks } from './context.ts';
import type { Scope } from './scope.ts';
import type { Expr, SqlType } from './types.ts';

/** Functions that are no aggregates: their SQL, and their type where it is not that of the first argument. */
const functions: Readonly<Record<string, { readonly sql: Sql; readonly type?: SqlType }>> = {
  WINDOW_ROW_NUMBER: { sql: sql`row_number`, type: 'BIGINT' },
  WINDOW_RANK: { sql: sql`rank`, type: 'BIGINT' },
  WINDOW_RANK_DENSE: { sql: sql`dense_rank`, type: 'BIGINT' },
  WINDOW_PERCENT_RANK: { sql: sql`percent_rank`, type: 'DOUBLE' },
  WINDOW_CUME_DIST: { sql: sql`cume_dist`, type: 'DOUBLE' },
  WINDOW_NTILE: { sql: sql`ntile`, type: 'BIGINT' },
  WINDOW_LAG: { sql: sql`lag` },
  WINDOW_LEAD: { sql: sql`lead` },
  WINDOW_FIRST_VALUE: { sql: sql`first_value` },
  WINDOW_LAST_VALUE: { sql: sql`last_value` },
};

export function windowFunction(kind: string, args: readonly Expr[], over: Sql): Expr {
  const found = functions[kind];
  if (!found) throw lacks(`the window function ${kind}`);
  const [first] = args;
  return {
    sql: sql`${found.sql}(${join(args.map((arg) => arg.sql))})${over}`,
    type: found.type ?? first?.type ?? 'NULL',
    ...(found.type === undefined && first?.native ? { native: first.native } : {}),
  };
}

const byPlace = new Set(['WINDOW_ROW_NUMBER', 'WINDOW_LAG', 'WINDOW_LEAD', 'WINDOW_NTILE']);

/** Without an ORDER BY groups come in the order of their keys, as in Druid, which shows where a function goes by places. */
export const ownOrder = (kind: string, { groupKeys = [] }: Scope): Sql =>
  byPlace.has(kind) && groupKeys.length > 0
    ? sql`ORDER BY ${join(groupKeys.map((key) => sql`${key} ASC NULLS FIRST`))}`
    : sql``;

const bounds: Readonly<Record<string, (expr: Sql | undefined) => Sql>> = {
  UNBOUNDED_PRECEDING: () => sql`UNBOUNDED PRECEDING`,
  UNBOUNDED_FOLLOWING: () => sql`UNBOUNDED FOLLOWING`,
  CURRENT_ROW_RANGE: () => sql`CURRENT ROW`,
  CURRENT_ROW_ROWS: () => sql`CURRENT ROW`,
  EXPR_PRECEDING_ROWS: (expr) => sql`${expr as Sql} PRECEDING`,
  EXPR_FOLLOWING_ROWS: (expr) => sql`${expr as Sql} FOLLOWING`,
};

export function frameOf({ start = '', end = '' }: ExpressionNode, startExpr?: Sql, endExpr?: Sql): Sql {
  const [from, to] = [bounds[start], bounds[end]];
  if (!from || !to) throw lacks('this window frame');
  const unit = /ROWS$/.test(start) || /ROWS$/.test(end) ? sql`ROWS` : sql`RANGE`;
  return sql`${unit} BETWEEN ${from(startExpr)} AND ${to(endExpr)}`;
}
