/** Literals of the tree, and those of parameters. */
import { literal, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode } from './ast.ts';
import type { SqlText } from './text.ts';
import { type Expr, literalTime, type SqlType } from './types.ts';

export const nullLiteral: Expr = { sql: sql`NULL`, type: 'NULL', literal: null };

export const textLiteral = (text: string): Expr => ({ sql: sql`${text}`, type: 'VARCHAR', literal: text });

export const wholeLiteral = (value: bigint | number, type: 'INTEGER' | 'BIGINT'): Expr => ({
  // Never a bare number: in GROUP BY and ORDER BY that would be the place of a column.
  sql: sql`CAST(${value} AS BIGINT)`,
  type,
  literal: BigInt(value),
});

export const doubleLiteral = (value: number, type: 'DOUBLE' | 'DECIMAL' = 'DOUBLE'): Expr => ({
  sql: sql`CAST(${value} AS DOUBLE)`,
  type,
  literal: value,
});

export const booleanLiteral = (value: boolean): Expr => ({ sql: literal(value), type: 'BOOLEAN', literal: value });

/** Undefined for a literal of a type that Druid does not have. */
export function constantOf({ value }: ExpressionNode): Expr | undefined {
  if (!value || value.is_null) return nullLiteral;
  const content = value.value;
  switch (value.type.id) {
    case 'VARCHAR':
      return textLiteral(String(content));
    case 'INTEGER':
    case 'BIGINT':
      return wholeLiteral(content as bigint | number, value.type.id);
    case 'DECIMAL':
      return typeof content === 'object'
        ? undefined
        : doubleLiteral(Number(`${content}e-${value.type.type_info?.scale ?? 0}`), 'DECIMAL');
    case 'DOUBLE':
      return doubleLiteral(Number(content));
    case 'BOOLEAN':
      return booleanLiteral(content === true);
    default:
      return undefined;
  }
}

const intervalUnits: Readonly<Record<string, Sql>> = {
  to_years: sql`to_years`,
  to_quarters: sql`to_quarters`,
  to_months: sql`to_months`,
  to_weeks: sql`to_weeks`,
  to_days: sql`to_days`,
  to_hours: sql`to_hours`,
  to_minutes: sql`to_minutes`,
  to_seconds: sql`to_seconds`,
};

/** `INTERVAL '1' DAY`, which the parser writes as `to_days(CAST(trunc(…'1'…) AS INTEGER))`; undefined where the node is something else. */
export function intervalOf(node: ExpressionNode): Expr | undefined {
  const unit = intervalUnits[node.function_name ?? ''];
  if (!unit) return undefined;
  let inner: ExpressionNode | undefined = node;
  while (inner && inner.class !== 'CONSTANT') inner = inner.child ?? inner.children?.[0];
  const count = Number(inner?.value?.value);
  if (!Number.isSafeInteger(count)) return undefined;
  return {
    sql: sql`${unit}(${count})`,
    type: 'INTERVAL',
    calendar: !/hours|minutes|seconds/.test(unit.text),
  };
}

const timePatterns = {
  TIMESTAMP: {
    format: 'yyyy-MM-dd HH:mm:ss',
    pattern: /^\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/,
  },
  DATE: { format: 'yyyy-MM-dd', pattern: /^\d{4}-\d{1,2}-\d{1,2}$/ },
} as const;

/**
 * What is wrong with `TIMESTAMP '…'` or `DATE '…'`. In the tree they are casts; the type's name stands right before the text.
 */
export function illegalTime({ child }: ExpressionNode, value: Expr, type: SqlType, text: SqlText): string | undefined {
  if ((type !== 'TIMESTAMP' && type !== 'DATE') || typeof value.literal !== 'string') return undefined;
  const { format, pattern } = timePatterns[type];
  if (pattern.test(value.literal) && literalTime(value.literal) !== undefined) return undefined;
  const before = text.original.slice(0, text.originalOffset(child?.query_location ?? 0));
  if (!new RegExp(`\\b${type}\\s*$`, 'i').test(before)) return undefined;
  return `Illegal ${type} literal '${value.literal}': not in format '${format}'`;
}
