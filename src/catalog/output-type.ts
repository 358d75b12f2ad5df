/** The type that a dimension spec gives its values. */
import { z } from 'zod';
import { type Sql, sql } from '../sql.ts';
import { asText, type TypeIssueParams, type Value } from './define.ts';
import { toDouble, toFloat, toLong } from './numbers.ts';

const outputTypes = ['STRING', 'LONG', 'FLOAT', 'DOUBLE'] as const;
export type OutputType = (typeof outputTypes)[number];

export const outputTypeSchema = z
  .string()
  .nullish()
  .transform((written, context) => readOutputType(written ?? 'STRING', context));

/** The same where it may be left to the value: undefined then. */
export const givenOutputTypeSchema = z
  .string()
  .nullish()
  .transform((written, context) => (typeof written === 'string' ? readOutputType(written, context) : undefined));

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
  LONG: { convert: toLong, sqlType: sql`BIGINT` },
  FLOAT: { convert: toFloat, sqlType: sql`FLOAT` },
  DOUBLE: { convert: toDouble, sqlType: sql`DOUBLE` },
};

/** The value in an output type. A multi-value dimension stays text: Druid has no multi-value numbers. */
export function outputValue(type: OutputType, value: Value): Value {
  if (type === 'STRING' || value.multiValue) return asText(value);
  return { sql: conversions[type].convert(value), type };
}
