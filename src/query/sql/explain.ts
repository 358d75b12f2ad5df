/** EXPLAIN PLAN FOR. https://druid.apache.org/docs/latest/querying/sql-translation#interpreting-explain-plan-output */
import { type Sql, sql } from '../../sql.ts';
import { type Column, type CompiledQuery, outputColumn } from './scope.ts';
import { nativeType } from './types.ts';

/**
 * One row in Druid's shape. There is no native query behind a query of ours: the plan names the statement that the engine runs,
 * with the signature of its rows.
 */
export function explained({ sql: statement, columns }: CompiledQuery, dataSources: Iterable<string>): CompiledQuery {
  const plan = [
    {
      query: { queryType: 'duckdb', statement: statement.text },
      signature: columns.map(({ expr }, i) => ({ name: `c${i}`, type: nativeType(expr) })),
      columnMappings: columns.map(({ name }, i) => ({ queryColumn: `c${i}`, outputColumn: name })),
    },
  ];
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
