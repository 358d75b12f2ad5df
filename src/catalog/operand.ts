/** What filters and dimension specs read: a column, with an extraction function over it where there is one. */
import { z } from 'zod';
import { ident, type Sql, sql } from '../sql.ts';
import { bind, eachOf } from './bound.ts';
import { type Checked, compileExtraction, type Scope, specOf, type Value } from './define.ts';
import { asText } from './numbers.ts';

export const operandShape = {
  dimension: z.string().min(1),
  extractionFn: specOf('extraction').nullish(),
};

interface Operand {
  readonly dimension: string;
  readonly extractionFn?: Checked<'extraction'> | null | undefined;
}

export function operand({ dimension, extractionFn }: Operand, scope: Scope): Value {
  if (!extractionFn) return scope.column(dimension);
  const { entry, spec } = extractionFn;
  if (dimension === '__time' && entry.compileTime) return { sql: entry.compileTime(spec, scope.time), type: 'STRING' };
  const text = asText(scope.column(dimension));
  return eachValue(text, (single) => compileExtraction(extractionFn, single, scope));
}

/** A function over text, over each of a multi-value dimension's values. */
export function eachValue(text: Value, change: (single: Sql) => Sql): Value {
  if (!text.multiValue) return { sql: change(text.sql), type: 'STRING' };
  const [name, body] = [sql`v`, change(sql`v`)];
  const list = eachOf(text.sql, name, body);
  return { sql: list, type: 'STRING', multiValue: true, made: { sql: list, list: text.sql, name, body } };
}

/** Longer text than this is not written twice. */
const maxRepeated = 200;

/**
 * An expression that needs a value several times. Put into each other, such expressions would double their text with each
 * level; the engine computes a long one once and gives it a name.
 */
export function letIn(name: 'left' | 'right' | 'text' | 'number', value: Sql, use: (value: Sql) => Sql): Sql {
  if (value.text.length <= maxRepeated) return use(value);
  const bound = ident(name);
  return bind(bound, value, use(bound));
}

/** A value that JSON compares with. */
export const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalarSchema>;

/** The scalar as a literal of a numeric column's type; undefined when no value of that type can be equal to it. */
export function numberLiteral(type: 'LONG' | 'FLOAT' | 'DOUBLE', scalar: Scalar): Sql | undefined {
  const text = String(scalar).trim();
  const number = text === '' ? Number.NaN : Number(text);
  if (type !== 'LONG')
    return Number.isNaN(number) ? undefined : sql`CAST(${number} AS ${type === 'FLOAT' ? sql`FLOAT` : sql`DOUBLE`})`;
  const whole = /^([+-]?\d+)(?:\.0*)?$/.exec(text)?.[1];
  if (whole === undefined) return undefined;
  const long = BigInt(whole.replace(/^\+/, ''));
  return long === BigInt.asIntN(64, long) ? sql`CAST(${String(long)} AS BIGINT)` : undefined;
}

/** Whether one value equals the scalar: as a number for a numeric column, else as text. NULL for NULL. */
export function equalsScalar(value: Value, scalar: Scalar): Sql {
  if (value.type === 'LONG' || value.type === 'FLOAT' || value.type === 'DOUBLE') {
    const wanted = numberLiteral(value.type, scalar);
    return wanted ? sql`${value.sql} = ${wanted}` : neverTrue(value.sql);
  }
  return sql`${asText(value).sql} = ${String(scalar)}`;
}

/** False, but unknown for NULL. */
const neverTrue = (value: Sql) => sql`(${value} IS NULL AND NULL)`;
