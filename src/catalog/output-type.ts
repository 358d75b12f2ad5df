/** The type that a dimension spec gives its values. */
import { z } from 'zod';
import { type Sql, sql } from '../sql.ts';
import type { TypeIssueParams, Value } from './define.ts';
import { asArray, elementType, type Typed } from './expression/typed.ts';
import { neverEmpty } from './multi-value.ts';
import { asText, toDouble, toFloat, toLong } from './numbers.ts';

const outputTypes = ['STRING', 'LONG', 'FLOAT', 'DOUBLE'] as const;
export type OutputType = (typeof outputTypes)[number];

export const arrayTypes = ['ARRAY<STRING>', 'ARRAY<LONG>', 'ARRAY<DOUBLE>'] as const;
export type ArrayType = (typeof arrayTypes)[number];

export const outputTypeSchema = z
  .string()
  .nullish()
  .transform((written, context) => readOutputType(written ?? 'STRING', context));

/** Druid's matchValueType. */
export const matchType = z.string().transform((written, context) => readOutputType(written, context, 'matchValueType'));

/** The same where it may be an array or a nested value as well. */
export const anyOutputTypeSchema = z
  .string()
  .nullish()
  .transform((written, context): OutputType | ArrayType | 'COMPLEX<json>' => {
    if (/^complex<json>$/i.test(written ?? '')) return 'COMPLEX<json>';
    return readArrayType(written ?? 'STRING') ?? readOutputType(written ?? 'STRING', context);
  });

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
  return arrayTypes.find((array) => array === type);
}

export const arrayTypeSchema = z
  .string()
  .refine((written) => readArrayType(written) !== undefined, {
    error: `expected ${arrayTypes.join(', ')}`,
  })
  .transform((written) => readArrayType(written) as ArrayType);

export const isArrayType = (type: string): type is ArrayType => type.startsWith('ARRAY<');

function readOutputType(written: string, context: z.core.$RefinementCtx, field = 'outputType'): OutputType {
  const found = outputTypes.find((type) => type === written.toUpperCase());
  if (found) return found;
  const params: TypeIssueParams = /^(array|complex)/i.test(written)
    ? { unsupported: true }
    : { wrongType: written, rightTypes: outputTypes };
  const message = params.unsupported ? `${field} '${written}' is not supported yet` : `unknown ${field} '${written}'`;
  context.issues.push({ code: 'custom', message, params, input: written });
  return z.NEVER;
}

const conversions = { LONG: exactLong, FLOAT: toFloat, DOUBLE: toDouble } as const;

/** Text with a fraction is no long, as in Druid's `getExactLongFromDecimalString`. */
function exactLong(value: Value): Sql {
  if (value.type !== 'STRING') return toLong(value);
  const double = toDouble(value);
  return sql`CASE WHEN ${double} = trunc(${double}) THEN ${toLong(value)} END`;
}

/** The value in an output type. A multi-value dimension stays text: Druid has no multi-value numbers. */
export function outputValue(type: OutputType | ArrayType | 'COMPLEX<json>', value: Value): Value {
  if (type === 'COMPLEX<json>') return value.type === type ? value : { sql: sql`to_json(${value.sql})`, type };
  if (type === 'ARRAY<STRING>' || type === 'ARRAY<LONG>' || type === 'ARRAY<DOUBLE>') return arrayValue(type, value);
  const isArray = isArrayType(value.type);
  if (type === 'STRING') return isArray ? valuesOfArray(value) : asText(value);
  if (value.multiValue) return asText(value);
  // Of an array its one value; a scan shows all of them.
  if (isArray) return { sql: conversions[type](soleOf(value)), type, json: sql`to_json(${value.sql})` };
  return { sql: conversions[type](value), type };
}

/** A value that is no array is one of that value; null stays null. */
function arrayValue(type: ArrayType, value: Value): Value {
  const element = elementType({ type, sql: value.sql });
  if (value.multiValue) return { sql: asArray({ type: 'ARRAY<STRING>', sql: value.sql }, element), type };
  return { sql: asArray(typedOf(value), element), type };
}

function typedOf(value: Value): Typed {
  if (value.type === 'COMPLEX<json>') return { type: 'ANY', sql: value.sql };
  if (value.type === 'STRING' || value.type === 'LONG' || isArrayType(value.type))
    return { ...value, type: value.type };
  return { type: 'DOUBLE', sql: toDouble(value) };
}

function soleOf({ sql: list, type }: Value): Value {
  const element = elementType({ type: type as ArrayType, sql: list });
  return { sql: sql`CASE len(${list}) WHEN 1 THEN ${list}[1] END`, type: element };
}

/** As text an array is a multi-value dimension. */
function valuesOfArray({ sql: list }: Value): Value {
  return {
    sql: neverEmpty(sql`CAST(${list} AS VARCHAR[])`),
    type: 'STRING',
    multiValue: true,
  };
}
