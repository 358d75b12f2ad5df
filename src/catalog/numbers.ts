/** How text and other types become numbers, and numbers text, as Druid's `Rows.objectToNumber` and `DimensionHandlerUtils` do it. */
import { type Sql, sql } from '../sql.ts';
import type { Value } from './define.ts';

/** BIGINT; NULL where the value is no number. Fractions are cut off, `1,000` is a thousand. */
export function toLong(value: Value): Sql {
  switch (value.type) {
    case 'LONG':
      return value.sql;
    case 'FLOAT':
    case 'DOUBLE':
      return doubleToLong(value.sql);
    default: {
      const text = firstText(value);
      // TRY_CAST would round a fraction, so only text without a point goes to BIGINT directly.
      const whole = sql`CASE WHEN NOT contains(${text}, '.') THEN TRY_CAST(${text} AS BIGINT) END`;
      return sql`coalesce(${whole}, ${doubleToLong(textToDouble(text))})`;
    }
  }
}

/** DOUBLE; NULL where the value is no number. */
export function toDouble(value: Value): Sql {
  switch (value.type) {
    case 'DOUBLE':
      return value.sql;
    case 'LONG':
    case 'FLOAT':
      return sql`CAST(${value.sql} AS DOUBLE)`;
    default:
      return textToDouble(firstText(value));
  }
}

/** FLOAT; NULL where the value is no number. */
export function toFloat(value: Value): Sql {
  if (value.type === 'FLOAT') return value.sql;
  // A double beyond FLOAT's range is infinite in Java; the engine refuses the cast.
  const double = toDouble(value);
  return sql`coalesce(TRY_CAST(${double} AS FLOAT), CASE WHEN ${double} > 0 THEN 'Infinity'::FLOAT WHEN ${double} < 0 THEN '-Infinity'::FLOAT END)`;
}

/**
 * As Java's `(long) x`: cut towards zero, saturate at the ends, NaN is 0. The number is named but once: what a statement names
 * twice the engine computes beforehand, for all rows, also where this branch is not taken.
 */
export function doubleToLong(double: Sql): Sql {
  const cut = sql`CASE WHEN isnan(d) THEN 0 WHEN abs(d) < 9223372036854775807 THEN CAST(trunc(d) AS BIGINT) WHEN d > 0 THEN ${2n ** 63n - 1n} WHEN d < 0 THEN ${-(2n ** 63n)} END`;
  return sql`list_transform([${double}], lambda d: ${cut})[1]`;
}

/** What rounds by its decimal digits, as Java's BigDecimal does, knows no zero below 0. */
export const positiveZero = (double: Sql): Sql => sql`(${double} + 0.0::DOUBLE)`;

/** Text of a DOUBLE as Java writes it: `1.0`, but from ten million and below a thousandth `1.5E7`. */
export function doubleText(double: Sql): Sql {
  // The digits of `1.5e-07` or of `0.00015`, without the point and the zeros around them.
  const digits = sql`trim(replace(split_part(t, 'e', 1), '.', ''), '0')`;
  const fraction = sql`coalesce(nullif(substring(${digits}, 2), ''), '0')`;
  const exponent = sql`CASE WHEN contains(t, 'e') THEN CAST(split_part(t, 'e', 2) AS INTEGER) WHEN starts_with(t, '0') THEN length(ltrim(t, '0.')) - length(t) + 1 ELSE strpos(t, '.') - 2 END`;
  const scientific = sql`list_transform([CAST(abs(d) AS VARCHAR)], lambda t: left(${digits}, 1) || '.' || ${fraction} || 'E' || ${exponent})[1]`;
  const text = sql`CASE WHEN isnan(d) THEN 'NaN' WHEN isinf(d) THEN CASE WHEN d > 0 THEN 'Infinity' ELSE '-Infinity' END WHEN d = 0 OR abs(d) BETWEEN 1e-3 AND 9999999.999999998 THEN CAST(d AS VARCHAR) WHEN d < 0 THEN '-' || ${scientific} ELSE ${scientific} END`;
  return sql`list_transform([${double}], lambda d: ${text})[1]`;
}

/** JSON has no NaN, nor infinities: Druid prints them as text. */
export const doubleJson = (double: Sql): Sql =>
  sql`CASE WHEN isnan(${double}) THEN '"NaN"'::JSON WHEN isinf(${double}) THEN to_json(CASE WHEN ${double} > 0 THEN 'Infinity' ELSE '-Infinity' END) ELSE to_json(${double}) END`;

/** The value (each of them, for a multi-value dimension) as VARCHAR, as Java would write it. */
export function asText(value: Value): Value {
  const { type } = value;
  if (type === 'DOUBLE' || type === 'FLOAT') return { sql: doubleText(value.sql), type: 'STRING' };
  return asDistinctText(value);
}

/** The same with less work: other text for other values, though a number's is not Java's. */
export function asDistinctText(value: Value): Value {
  if (value.type === 'STRING') return value;
  // JSON's own text is quoted.
  if (value.type === 'COMPLEX<json>') return { sql: sql`(${value.sql} ->> '$')`, type: 'STRING' };
  return { sql: sql`CAST(${value.sql} AS VARCHAR)`, type: 'STRING' };
}

/** A HUGEINT sum as Java's long: it wraps around. */
export function wrapLong(huge: Sql): Sql {
  return sql`CAST(((${huge} + 9223372036854775808::HUGEINT) & 18446744073709551615::HUGEINT) - 9223372036854775808::HUGEINT AS BIGINT)`;
}

/** A comma groups digits, as Druid reads numbers. */
function textToDouble(text: Sql): Sql {
  return sql`TRY_CAST(replace(${text}, ',', '') AS DOUBLE)`;
}

function firstText(value: Value): Sql {
  if (value.multiValue) return sql`(${value.sql})[1]`;
  return asText(value).sql;
}
