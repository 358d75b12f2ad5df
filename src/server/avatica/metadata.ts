/** What a client asks of JDBC's DatabaseMetaData, as SQL over INFORMATION_SCHEMA, in JDBC's columns and order. */
import type { AvaticaRequest } from './protocol.ts';
import type { SqlRequest } from './statement.ts';

type MetadataRequest = Extract<
  AvaticaRequest,
  { request: 'getCatalogs' | 'getSchemas' | 'getTableTypes' | 'getTables' | 'getColumns' }
>;

/** A condition and the texts of its question marks; without texts there is none. */
interface Condition {
  readonly sql: string;
  readonly values: readonly string[];
}

const equal = (column: string, value: string | null | undefined): Condition => ({
  sql: `${column} = ?`,
  values: value == null ? [] : [value],
});
const like = (column: string, pattern: string | null | undefined): Condition => ({
  sql: `${column} LIKE ? ESCAPE '\\'`,
  values: pattern == null ? [] : [pattern],
});
const oneOf = (column: string, values: readonly string[] | null | undefined): Condition => ({
  sql: `${column} IN (${(values ?? []).map(() => '?').join(', ')})`,
  values: values ?? [],
});

const nothing = (name: string) => `CAST(NULL AS VARCHAR) AS ${name}`;

export function metadataQuery(request: MetadataRequest): SqlRequest {
  switch (request.request) {
    case 'getCatalogs':
      return query('SELECT DISTINCT CATALOG_NAME AS TABLE_CAT FROM INFORMATION_SCHEMA.SCHEMATA', [], 'TABLE_CAT');
    case 'getSchemas':
      return query(
        'SELECT SCHEMA_NAME AS TABLE_SCHEM, CATALOG_NAME AS TABLE_CATALOG FROM INFORMATION_SCHEMA.SCHEMATA',
        [equal('CATALOG_NAME', request.catalog), like('SCHEMA_NAME', request.schemaPattern)],
        'TABLE_CATALOG, TABLE_SCHEM',
      );
    case 'getTableTypes':
      return query('SELECT DISTINCT TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES', [], 'TABLE_TYPE');
    case 'getTables': {
      const columns = [
        'TABLE_CATALOG AS TABLE_CAT, TABLE_SCHEMA AS TABLE_SCHEM, TABLE_NAME AS TABLE_NAME, TABLE_TYPE AS TABLE_TYPE',
        ...['REMARKS', 'TYPE_CAT', 'TYPE_SCHEM', 'TYPE_NAME', 'SELF_REFERENCING_COL_NAME', 'REF_GENERATION'].map(
          nothing,
        ),
      ];
      return query(
        `SELECT ${columns.join(', ')} FROM INFORMATION_SCHEMA.TABLES`,
        [...ofTable(request), oneOf('TABLE_TYPE', request.typeList)],
        'TABLE_TYPE, TABLE_CAT, TABLE_SCHEM, TABLE_NAME',
      );
    }
    case 'getColumns': {
      const columns = [
        'TABLE_CATALOG AS TABLE_CAT, TABLE_SCHEMA AS TABLE_SCHEM, TABLE_NAME AS TABLE_NAME, COLUMN_NAME AS COLUMN_NAME',
        'CAST(JDBC_TYPE AS INTEGER) AS DATA_TYPE, DATA_TYPE AS TYPE_NAME, -1 AS COLUMN_SIZE, -1 AS BUFFER_LENGTH',
        "-1 AS DECIMAL_DIGITS, -1 AS NUM_PREC_RADIX, CASE IS_NULLABLE WHEN 'YES' THEN 1 ELSE 0 END AS NULLABLE",
        nothing('REMARKS'),
        'COLUMN_DEFAULT AS COLUMN_DEF, -1 AS SQL_DATA_TYPE, -1 AS SQL_DATETIME_SUB, -1 AS CHAR_OCTET_LENGTH',
        'CAST(ORDINAL_POSITION AS INTEGER) AS ORDINAL_POSITION, IS_NULLABLE AS IS_NULLABLE',
        ...['SCOPE_CATALOG', 'SCOPE_SCHEMA', 'SCOPE_TABLE'].map(nothing),
        "-1 AS SOURCE_DATA_TYPE, 'NO' AS IS_AUTOINCREMENT, 'NO' AS IS_GENERATEDCOLUMN",
      ];
      return query(
        `SELECT ${columns.join(', ')} FROM INFORMATION_SCHEMA.COLUMNS`,
        [...ofTable(request), like('COLUMN_NAME', request.columnNamePattern)],
        'TABLE_CAT, TABLE_SCHEM, TABLE_NAME, ORDINAL_POSITION',
      );
    }
  }
}

const ofTable = ({
  catalog,
  schemaPattern,
  tableNamePattern,
}: {
  readonly catalog?: string | null | undefined;
  readonly schemaPattern?: string | null | undefined;
  readonly tableNamePattern?: string | null | undefined;
}) => [equal('TABLE_CATALOG', catalog), like('TABLE_SCHEMA', schemaPattern), like('TABLE_NAME', tableNamePattern)];

/** The client's texts go in as parameters. */
function query(select: string, conditions: readonly Condition[], order: string): SqlRequest {
  const asked = conditions.filter(({ values }) => values.length > 0);
  const where = asked.length === 0 ? '' : ` WHERE ${asked.map(({ sql }) => sql).join(' AND ')}`;
  const values = asked.flatMap((condition) => condition.values);
  return {
    query: `${select}${where} ORDER BY ${order}`,
    parameters: values.map((value) => ({ type: 'VARCHAR', value })),
  };
}
