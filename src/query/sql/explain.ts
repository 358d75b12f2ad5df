/** EXPLAIN PLAN FOR. https://druid.apache.org/docs/latest/querying/sql-translation#interpreting-explain-plan-output */
import { type Sql, sql } from '../../sql.ts';
import type { NativePlan } from './native/plan.ts';
import { type Column, type CompiledQuery, outputColumn } from './scope.ts';
import { nativeType } from './types.ts';

/**
 * One row in Druid's shape: with the native query that Druid would run, where it is known; else the plan names the statement that the
 * engine runs. The signature is that of its rows.
 */
export function explained(
  compiled: CompiledQuery,
  native: NativePlan | undefined,
  dataSources: Iterable<string>,
): CompiledQuery {
  const plan = [native ?? enginePlan(compiled)];
  const resources = [...dataSources].sort().map((name) => ({ name, type: 'DATASOURCE' }));
  const row = { PLAN: plan, RESOURCES: resources, ATTRIBUTES: { statementType: 'SELECT' } };
  const [planText, resourcesText, attributesText] = Object.values(row).map((part) => sql`${JSON.stringify(part)}`) as [
    Sql,
    Sql,
    Sql,
  ];
  return {
    sql: sql`SELECT ${planText} AS ${outputColumn(0)}, ${resourcesText} AS ${outputColumn(1)}, ${attributesText} AS ${outputColumn(2)}`,
    columns: Object.keys(row).map((name, i): Column => ({ name, expr: { sql: outputColumn(i), type: 'VARCHAR' } })),
  };
}

const enginePlan = ({ sql: statement, columns }: CompiledQuery): NativePlan => ({
  query: { queryType: 'duckdb', statement: statement.text },
  signature: columns.map(({ expr }, i) => ({ name: `c${i}`, type: nativeType(expr) })),
  columnMappings: columns.map(({ name }, i) => ({ queryColumn: `c${i}`, outputColumn: name })),
});
