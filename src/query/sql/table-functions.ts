/** Functions in FROM: UNNEST, and `TABLE(APPEND(…))`. */
import { join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode } from './ast.ts';
import { mistake, type SqlContext } from './context.ts';
import type { ExpressionCompiler } from './expression.ts';
import { type Column, type CompiledQuery, columnsOf, outputColumn, type Scope } from './scope.ts';
import { tableOf } from './tables.ts';
import { type ArrayType, commonType, elementOf, inType, isArrayType, type SqlType } from './types.ts';

/** The list that an UNNEST makes rows of. https://druid.apache.org/docs/latest/querying/sql#unnest */
export function unnestedList(
  call: ExpressionNode,
  scope: Scope,
  expressions: ExpressionCompiler,
  context: SqlContext,
): { readonly list: Sql; readonly element: SqlType } {
  const [argument, ...more] = call.children ?? [];
  if (!argument || more.length > 0) throw mistake(context, call, 'UNNEST: expected one array');
  const [dimension] = argument.function_name === 'mv_to_array' ? (argument.children ?? []) : [];
  const values = dimension && expressions.compile(dimension, scope);
  // A dimension without values is one null here, which its array would not be.
  if (values?.multiValue) return { list: values.sql, element: 'VARCHAR' };
  const { sql: list, type } = expressions.compile(argument, scope);
  if (!isArrayType(type)) {
    const form = "Supported form(s): 'UNNEST(<ARRAY>)'; MV_TO_ARRAY makes an array of a multi-value dimension";
    throw mistake(context, call, `Cannot apply 'UNNEST' to arguments of type 'UNNEST(<${type}>)'. ${form}`);
  }
  return { list, element: elementOf(type as ArrayType) };
}

/** `TABLE(APPEND('a', 'b'))`: the rows of all of them; a column that one lacks is null there. */
export function appended(call: ExpressionNode, context: SqlContext): CompiledQuery {
  const tables = (call.children ?? []).map((argument) => {
    const name = argument.class === 'CONSTANT' ? argument.value?.value : undefined;
    if (typeof name !== 'string') throw mistake(context, argument, 'APPEND: expected the names of tables as text');
    const table = tableOf(undefined, name, context);
    if (!table) throw mistake(context, argument, `Table [${name}] not found`);
    return table;
  });
  if (tables.length === 0) throw mistake(context, call, 'APPEND: expected the name of a table');
  const byName = Map.groupBy(
    tables.flatMap(({ columns }) => columns),
    ({ name }) => name,
  );
  const columns = [...byName].map(([name, same], i): Column => {
    const type = commonType(same.map(({ expr }) => expr));
    const multiValue = same.some(({ expr }) => expr.multiValue);
    if (type === undefined)
      throw mistake(context, call, `Can't create TABLE(APPEND()): column [${name}] has different types`);
    return { name, expr: { ...(same[0] as Column).expr, type, multiValue, sql: outputColumn(i) } };
  });
  const parts = tables.map((table) => {
    const there = new Map(columnsOf(table, sql`t`).map((column) => [column.name, column.expr]));
    const list = columns.map(({ name, expr: { type, multiValue } }, i) => {
      const found = there.get(name);
      const value = found ? inType(found, type, context.zone) : sql`NULL`;
      const asList = multiValue && !found?.multiValue;
      return sql`${asList ? sql`[${value}]` : value} AS ${outputColumn(i)}`;
    });
    return sql`SELECT ${join(list)} FROM (${table.sql}) AS t`;
  });
  return { sql: join(parts, ' UNION ALL '), columns };
}
