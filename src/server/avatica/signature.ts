/** What a typed client is told of an answer's columns, with the figures that Druid gives for each type. */
import type { SqlColumn } from '../../backend.ts';
import type { ColumnMetaData, Parameter, ScalarType, Signature } from './protocol.ts';

interface JdbcType {
  /** java.sql.Types */
  readonly id: number;
  readonly rep: 'STRING' | 'NUMBER' | 'BOOLEAN' | 'OBJECT';
  readonly precision: number;
  readonly scale: number;
  readonly className: string;
}

/** Of a type that has none. */
const none = { precision: -1, scale: -(2 ** 31) };
const number = (id: number, precision: number, scale: number, className: string): JdbcType => ({
  id,
  rep: 'NUMBER',
  precision,
  scale,
  className: `java.${className}`,
});

const other: JdbcType = { ...none, id: 1111, rep: 'OBJECT', className: 'java.lang.Object' };
const jdbcTypes: Readonly<Record<string, JdbcType>> = {
  VARCHAR: { ...none, id: 12, rep: 'STRING', className: 'java.lang.String' },
  BOOLEAN: { ...none, precision: 1, id: 16, rep: 'BOOLEAN', className: 'java.lang.Boolean' },
  INTEGER: number(4, 10, 0, 'lang.Integer'),
  BIGINT: number(-5, 19, 0, 'lang.Long'),
  FLOAT: number(6, 15, none.scale, 'lang.Double'),
  DOUBLE: number(8, 15, none.scale, 'lang.Double'),
  DECIMAL: number(3, 19, none.scale, 'math.BigDecimal'),
  TIMESTAMP: number(93, 3, none.scale, 'sql.Timestamp'),
  DATE: number(91, 0, none.scale, 'sql.Date'),
  OTHER: other,
};

/** The SQL type of an array's elements. */
const elements: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  LONG: 'BIGINT',
  DOUBLE: 'DOUBLE',
  FLOAT: 'FLOAT',
};

/** NULL alone has no type to a client: text. */
const nameOf = (type: string) => (type === 'NULL' || type === 'INTERVAL' ? 'VARCHAR' : type);
const scalar = (name: string): ScalarType => {
  const { id, rep } = jdbcTypes[name] ?? other;
  return { type: 'scalar', id, name, rep };
};

function columnMetaData({ name, type, nativeType }: SqlColumn, ordinal: number): ColumnMetaData {
  const element = /^ARRAY<(\w+)>$/.exec(nativeType)?.[1];
  const jdbc =
    element === undefined ? (jdbcTypes[nameOf(type)] ?? other) : { ...other, id: 2003, className: 'java.sql.Array' };
  return {
    ordinal,
    autoIncrement: false,
    caseSensitive: true,
    searchable: false,
    currency: false,
    nullable: name === '__time' ? 0 : 1,
    signed: true,
    displaySize: jdbc.precision,
    label: name,
    columnName: name,
    schemaName: null,
    precision: jdbc.precision,
    scale: jdbc.scale,
    tableName: null,
    catalogName: null,
    type:
      element === undefined
        ? scalar(nameOf(type))
        : {
            type: 'array',
            id: jdbc.id,
            name: 'ARRAY',
            rep: 'ARRAY',
            component: scalar(elements[element] ?? 'OTHER'),
          },
    readOnly: true,
    writable: false,
    definitelyWritable: false,
    columnClassName: jdbc.className,
  };
}

function parameter(type: string, index: number): Parameter {
  const name = nameOf(type);
  const { id, precision, scale, className } = jdbcTypes[name] ?? other;
  return { signed: false, precision, scale, parameterType: id, typeName: name, className, name: `?${index}` };
}

export function signatureOf(
  sql: string,
  columns: readonly SqlColumn[],
  style: Signature['cursorFactory']['style'],
  parameters: readonly string[] = [],
): Signature {
  return {
    columns: columns.map(columnMetaData),
    sql,
    parameters: parameters.map(parameter),
    cursorFactory: { style, clazz: null, fieldNames: null },
    statementType: 'SELECT',
  };
}
