/** Subqueries as values: `(SELECT …)`, `IN (SELECT …)`, `= ANY (SELECT …)`, `EXISTS (SELECT …)`. */
import { join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode } from './ast.ts';
import { lacks } from './context.ts';
import { overValues } from './multi-value.ts';
import { comparisons, type Surroundings } from './operators.ts';
import { type CompiledQuery, columnsOf } from './scope.ts';
import { boolean, commonType, type Expr, inType } from './types.ts';

export interface Around extends Surroundings {
  /** An expression beside the subquery. */
  compile(node: ExpressionNode): Expr;
}

export function subqueryValue(node: ExpressionNode, query: CompiledQuery, around: Around): Expr {
  if (node.subquery_type === 'EXISTS') return boolean(sql`EXISTS (${query.sql})`);
  const compared = node.child?.function_name === 'row' ? (node.child.children ?? []) : [node.child ?? node];
  const [column] = query.columns;
  if (query.columns.length !== compared.length || !column)
    throw around.fail(`Expected a subquery of ${compared.length} columns, got ${query.columns.length}`);
  if (node.subquery_type === 'SCALAR') {
    const { type, multiValue } = column.expr;
    return { sql: sql`(${query.sql})`, type, ...(multiValue ? { multiValue } : {}) };
  }
  const operator = comparisons[node.comparison_type ?? ''];
  if (node.subquery_type !== 'ANY' || !operator) throw lacks(`a subquery of the kind ${node.subquery_type}`);
  return anyOf(operator, compared.map(around.compile), query, around);
}

/** Whether a comparison holds with one of the query's rows, which have as many columns as there are values. */
function anyOf(operator: Sql, values: readonly Expr[], query: CompiledQuery, around: Surroundings): Expr {
  const { zone, fail } = around;
  const rows = columnsOf(query, sql`s`);
  const types = values.map((value, i) => {
    const type = commonType([value, (rows[i] as { expr: Expr }).expr]);
    if (type === undefined) throw fail(`Cannot compare a ${value.type} with a ${rows[i]?.expr.type}`);
    return type;
  });
  const as = (exprs: readonly Expr[]) => {
    const parts = exprs.map((expr, i) => inType(expr, types[i] as Expr['type'], zone));
    return parts.length === 1 ? (parts[0] as Sql) : sql`row(${join(parts)})`;
  };
  const found = sql`(SELECT ${as(rows.map(({ expr }) => singles(expr)))} FROM (${query.sql}) AS s)`;
  return overValues(values, (each) => boolean(sql`(${as(each)} ${operator} ANY ${found})`));
}

/** Each value of a multi-value dimension is one to be found. */
const singles = (expr: Expr): Expr => (expr.multiValue ? { sql: sql`unnest(${expr.sql})`, type: expr.type } : expr);
