/** Druid's string comparators. https://druid.apache.org/docs/latest/querying/sorting-orders */
import { z } from 'zod';
import { type Sql, sql } from '../sql.ts';
import type { TypeIssueParams, Value } from './define.ts';
import { asText } from './numbers.ts';

const orderings = ['lexicographic', 'alphanumeric', 'numeric', 'strlen'] as const;
export type Ordering = (typeof orderings)[number];

/** `"numeric"` or `{"type": "numeric"}`, in any letter case. */
export const orderingSchema = z.unknown().transform((raw, context): Ordering => {
  const written = typeof raw === 'object' && raw !== null && 'type' in raw ? raw.type : raw;
  const found = orderings.find((ordering) => ordering === String(written).toLowerCase());
  if (found) return found;
  const params: TypeIssueParams =
    written === 'version' ? { unsupported: true } : { wrongType: String(written), rightTypes: orderings };
  const message = written === 'version' ? "ordering 'version' is not supported yet" : `unknown ordering '${written}'`;
  context.issues.push({ code: 'custom', message, params, input: raw });
  return z.NEVER;
});

/** An SQL value that the engine sorts and compares as Druid's comparator does; NULL for NULL. */
export function orderingKey(ordering: Ordering, value: Value): Sql {
  if (ordering === 'numeric' && isNumber(value)) return value.sql;
  const text = asText(value).sql;
  switch (ordering) {
    case 'lexicographic':
      return text;
    case 'strlen':
      return keyOf(text, sql`{'length': length(${text}), 'text': ${text}}`);
    case 'numeric':
      return keyOf(text, numericKey(text));
    case 'alphanumeric':
      return keyOf(text, alphanumericKey(text));
  }
}

export const isNumber = (value: Value): boolean => ['LONG', 'FLOAT', 'DOUBLE'].includes(value.type);

const keyOf = (text: Sql, key: Sql) => sql`CASE WHEN ${text} IS NOT NULL THEN ${key} END`;

/** What is no number comes before all numbers, in lexicographic order. Longs are told apart beyond a double's digits. */
function numericKey(text: Sql): Sql {
  const double = sql`TRY_CAST(${text} AS DOUBLE)`;
  return sql`{'number': ${double} IS NOT NULL, 'double': coalesce(${double}, 0), 'long': coalesce(TRY_CAST(${text} AS BIGINT), 0), 'text': CASE WHEN ${double} IS NULL THEN ${text} ELSE '' END}`;
}

/** Runs of digits compare as numbers and come before other text: `file2` before `file10`. Letter case does not matter. */
function alphanumericKey(text: Sql): Sql {
  const digits = sql`ltrim(run, '0')`;
  const number = sql`'0' || lpad(CAST(length(${digits}) AS VARCHAR), 9, '0') || ${digits} || '.' || CAST(length(run) AS VARCHAR)`;
  return sql`list_transform(regexp_extract_all(${text}, '[0-9]+|[^0-9]+'), lambda run: CASE WHEN run < ':' AND run >= '0' THEN ${number} ELSE '1' || lower(run) END)`;
}
