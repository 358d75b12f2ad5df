/** The type that a dimension spec gives its values. */
import { z } from 'zod';
import { type Sql, sql } from '../sql.ts';
import { asText, type ColumnType, type TypeIssueParams, type Value } from './define.ts';
import { listOf } from './json-path.ts';
import { toDouble, toFloat, toLong } from './numbers.ts';

const outputTypes = ['STRING', 'LONG', 'FLOAT', 'DOUBLE'] as const;
export type OutputType = (typeof outputTypes)[number];

const elementTypes = { 'ARRAY<STRING>': sql`VARCHAR`, 'ARRAY<LONG>': sql`BIGINT`, 'ARRAY<DOUBLE>': sql`DOUBLE` };
export type ArrayType = keyof typeof elementTypes;

export const outputTypeSchema = z
  .string()
  .nullish()
  .transform((written, context) => readOutputType(written ?? 'STRING', context));

/** The same where it may be left to the value: undefined then. */
export const givenOutputTypeSchema = z
  .string()
  .nullish()
  .transform((written, context) => (typeof written === 'string' ? readOutputType(written, context) : undefined));

/** The same where it may be an array as well. */
export const givenOrArrayTypeSchema = z
  .string()
  .nullish()
  .transform((written, context): OutputType | ArrayType | undefined => {
    if (typeof written !== 'string') return undefined;
    return readArrayType(written) ?? readOutputType(written, context);
  });

function readArrayType(written: string): ArrayType | undefined {
  const type = written.toUpperCase();
  return type in elementTypes ? (type as ArrayType) : undefined;
}

export const isArrayType = (type: string): boolean => type.startsWith('ARRAY<');

function readOutputType(written: string, context: z.core.$RefinementCtx): OutputType {
  const found = outputTypes.find((type) => type === written.toUpperCase());
  if (found) return found;
  const params: TypeIssueParams = /^(array|complex)/i.test(written)
    ? { unsupported: true }
    : { wrongType: written, rightTypes: outputTypes };
  const message = params.unsupported
    ? `outputType '${written}' is not supported yet`
    : `unknown outputType '${written}'`;
  context.issues.push({ code: 'custom', message, params, input: written });
  return z.NEVER;
}

const conversions: Readonly<Record<Exclude<OutputType, 'STRING'>, { convert: (value: Value) => Sql; sqlType: Sql }>> = {
  LONG: { convert: exactLong, sqlType: sql`BIGINT` },
  FLOAT: { convert: toFloat, sqlType: sql`FLOAT` },
  DOUBLE: { convert: toDouble, sqlType: sql`DOUBLE` },
};

/** Text with a fraction is no long, as in Druid's `getExactLongFromDecimalString`. */
function exactLong(value: Value): Sql {
  if (value.type !== 'STRING') return toLong(value);
  const double = toDouble(value);
  return sql`CASE WHEN ${double} = trunc(${double}) THEN ${toLong(value)} END`;
}

/** The value in an output type. A multi-value dimension stays text: Druid has no multi-value numbers. */
export function outputValue(type: OutputType | ArrayType, value: Value): Value {
  if (type === 'ARRAY<STRING>' || type === 'ARRAY<LONG>' || type === 'ARRAY<DOUBLE>') return arrayValue(type, value);
  const isArray = isArrayType(value.type);
  if (type === 'STRING') return isArray ? valuesOfArray(value) : asText(value);
  if (value.multiValue) return asText(value);
  const { convert, sqlType } = conversions[type];
  return { sql: isArray ? sql`NULL::${sqlType}` : convert(value), type };
}

/** A value that is no array is one of that value; null stays null. */
function arrayValue(type: ArrayType, value: Value): Value {
  if (value.type === 'COMPLEX<json>') {
    const texts = listOf(value.sql, type !== 'ARRAY<STRING>');
    return { sql: listIn(type, 'ARRAY<STRING>', texts), type };
  }
  const isList = value.multiValue || isArrayType(value.type);
  const list = isList ? value.sql : sql`CASE WHEN ${value.sql} IS NOT NULL THEN [${value.sql}] END`;
  return {
    sql: value.type === type ? list : listIn(type, value.multiValue ? 'ARRAY<STRING>' : value.type, list),
    type,
  };
}

/** A list's elements converted as single values are. */
function listIn(type: ArrayType, from: ColumnType, list: Sql): Sql {
  const element = (array: string) => /^ARRAY<(.*)>$/.exec(array)?.[1] ?? array;
  const single = outputValue(element(type) as OutputType, { sql: sql`e`, type: element(from) as ColumnType });
  return sql`list_transform(${list}, lambda e: ${single.sql})`;
}

/** As text an array is a multi-value dimension. */
function valuesOfArray({ sql: list }: Value): Value {
  return {
    sql: sql`CASE WHEN len(${list}) > 0 THEN CAST(${list} AS VARCHAR[]) ELSE [NULL] END`,
    type: 'STRING',
    multiValue: true,
  };
}
