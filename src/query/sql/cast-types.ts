/** The types that CAST may name. */
import type { TypeNode } from './ast.ts';
import type { SqlType } from './types.ts';

const castTypes: Readonly<Record<string, SqlType>> = {
  VARCHAR: 'VARCHAR',
  CHAR: 'VARCHAR',
  TINYINT: 'BIGINT',
  SMALLINT: 'BIGINT',
  INTEGER: 'INTEGER',
  BIGINT: 'BIGINT',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  DECIMAL: 'DECIMAL',
  BOOLEAN: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
};

const arrayTypes: Partial<Record<SqlType, SqlType>> = {
  VARCHAR: 'VARCHAR ARRAY',
  BIGINT: 'BIGINT ARRAY',
  INTEGER: 'BIGINT ARRAY',
  DOUBLE: 'DOUBLE ARRAY',
  FLOAT: 'DOUBLE ARRAY',
};

/** Undefined for a type that Druid does not have. */
export function castTypeOf({ id, type_info }: TypeNode): SqlType | undefined {
  if (id !== 'LIST') return castTypes[id];
  const element = type_info?.child_type && castTypes[type_info.child_type.id];
  return element && arrayTypes[element];
}
