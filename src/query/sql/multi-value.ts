/**
 * Multi-value dimensions inside of expressions, as Druid maps them: the whole expression is computed for each value of a dimension,
 * wherever and however often it stands in there; for several dimensions for each combination of their values.
 * https://druid.apache.org/docs/latest/querying/multi-value-dimensions
 */
import { eachOf } from '../../catalog/bound.ts';
import { rankOf, verdictOf } from '../../catalog/multi-value.ts';
import { ident, type Sql, sql } from '../../sql.ts';
import { boolean, type Expr, type Mapped } from './types.ts';

/** The name of a single value of the list. A list has the same one everywhere, so that it is walked through once. */
const itemOf = (list: Sql): Sql => ident(`each ${list.text}`);

function mappedOf({ mapped, multiValue, sql: list }: Expr): Mapped | undefined {
  return mapped ?? (multiValue ? { lists: [list], each: itemOf(list) } : undefined);
}

function singleOf(expr: Expr): Expr {
  const mapped = mappedOf(expr);
  return mapped ? { sql: mapped.each, type: expr.type } : expr;
}

/** Compiles over single values what may have multi-value dimensions among its arguments. `filter` is what it is as a condition of a row. */
export function overValues(
  args: readonly Expr[],
  compile: (singles: readonly Expr[]) => Expr,
  filter?: (args: readonly Expr[]) => Sql,
): Expr {
  const lists = new Map(args.flatMap((arg) => mappedOf(arg)?.lists ?? []).map((list) => [list.text, list]));
  if (lists.size === 0) return compile(args);
  const single = compile(args.map(singleOf));
  const mapped: Mapped = { lists: [...lists.values()], each: single.sql };
  const list = transformed(mapped);
  if (single.type === 'VARCHAR') return { sql: list, type: 'VARCHAR', multiValue: true, mapped };
  // A row passes where one of its values does; a number is there where there is one value only.
  const value =
    single.type === 'BOOLEAN'
      ? (filter?.(args) ?? quantified(sql`list_max`, mapped))
      : sql`CASE len(${list}) WHEN 1 THEN ${list}[1] END`;
  return { ...single, sql: value, mapped };
}

function transformed({ lists, each }: Mapped): Sql {
  return lists.reduceRight<Sql>((inner, list, i) => {
    const all = eachOf(list, itemOf(list), inner);
    return i === lists.length - 1 ? all : sql`flatten(${all})`;
  }, each);
}

/** A condition on a value. Negated, all values of a row must pass it: `tags <> 'x'` says that none is x. */
export function tested(args: readonly Expr[], test: (singles: readonly Expr[]) => Sql, negated = false): Expr {
  const condition = overValues(args, (singles) => boolean(test(singles)));
  if (!negated || !condition.mapped) return condition;
  return { ...condition, sql: quantified(sql`list_min`, condition.mapped) };
}

/** Whether one value passes, or all do; unknown where that depends on a null. */
function quantified(extreme: Sql, { lists, each }: Mapped): Sql {
  return verdictOf(sql`${extreme}(${transformed({ lists, each: rankOf(each) })})`);
}

/** For what needs a single value: null in rows of several. */
export const soleValue = ({ multiValue, mapped, ...expr }: Expr): Expr =>
  multiValue ? { ...expr, sql: sql`CASE len(${expr.sql}) WHEN 1 THEN ${expr.sql}[1] END` } : expr;

/** For functions of arrays: a multi-value dimension as an array, null where it has no values. */
export function asList(expr: Expr): Expr {
  if (!expr.multiValue) return expr;
  return { sql: sql`nullif(${expr.sql}, [NULL]::VARCHAR[])`, type: 'VARCHAR ARRAY' };
}

/** An array as a multi-value dimension. */
export const asMultiValue = ({ sql: list }: Expr): Expr => ({
  sql: sql`coalesce(${list}, [NULL])`,
  type: 'VARCHAR',
  multiValue: true,
});
