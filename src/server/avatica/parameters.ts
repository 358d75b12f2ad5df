/** Avatica's typed values as the parameters of Druid's SQL. https://calcite.apache.org/avatica/docs/json_reference.html#typedvalue */
import { unsupported } from '../../errors.ts';
import type { TypedValue } from './protocol.ts';

const dayMs = 86_400_000;

export function parameterOf(typed: TypedValue): { readonly type: string; readonly value: unknown } {
  const { type, value } = typed ?? { type: 'OBJECT', value: null };
  if (value === null || value === undefined) return { type: 'VARCHAR', value: null };
  switch (type.replace(/^PRIMITIVE_/, '')) {
    case 'BOOLEAN':
      return { type: 'BOOLEAN', value };
    case 'BYTE':
    case 'SHORT':
    case 'INTEGER':
    case 'INT':
    case 'LONG':
      return { type: 'BIGINT', value };
    case 'FLOAT':
    case 'DOUBLE':
    case 'BIG_DECIMAL':
      return { type: 'DOUBLE', value };
    case 'NUMBER':
      return { type: Number.isInteger(Number(value)) ? 'BIGINT' : 'DOUBLE', value };
    case 'STRING':
    case 'CHARACTER':
    case 'CHAR':
      return { type: 'VARCHAR', value };
    case 'JAVA_SQL_TIMESTAMP':
    case 'JAVA_UTIL_DATE':
      return { type: 'TIMESTAMP', value };
    case 'JAVA_SQL_DATE':
      return { type: 'TIMESTAMP', value: Number(value) * dayMs };
    case 'OBJECT':
      return typeof value === 'number' ? parameterOf({ type: 'NUMBER', value }) : { type: 'VARCHAR', value };
    default:
      throw unsupported(`parameters of the type ${type} are not supported`);
  }
}
