/**
 * SQL under a name of its own. The engine's lambdas are quick but cannot hold a subquery, which a registered lookup is; then a
 * subquery around it says the same. Where only a user's text reads like one, the slower of the two is taken for nothing.
 */
import { type Sql, sql } from '../sql.ts';
import type { MadeList, Value } from './scope.ts';

const holdsSubquery = ({ text }: Sql) => text.includes('(SELECT ');

/** The body for each element, which it knows by the name, of a list. */
export function eachOf(list: Sql, name: Sql, body: Sql): Sql {
  if (!holdsSubquery(body)) return sql`list_transform(${list}, lambda ${name}: ${body})`;
  const elements = sql`(SELECT unnest(${list}) AS ${name}, generate_subscripts(${list}, 1) AS __position)`;
  return sql`CASE WHEN ${list} IS NOT NULL THEN coalesce((SELECT list(${body} ORDER BY __position) FROM ${elements} AS __elements), []) END`;
}

/** The body, which knows the value by the name. */
export function bind(name: Sql, value: Sql, body: Sql): Sql {
  if (!holdsSubquery(body)) return sql`list_transform([${value}], lambda ${name}: ${body})[1]`;
  return sql`(SELECT ${body} FROM (SELECT ${value} AS ${name}) AS __bound)`;
}

/** How the value's list is made, where the engine does that better to single values than to whole lists. */
export function madeOfSingles({ sql: value, made }: Value): MadeList | undefined {
  return made && made.sql === value && holdsSubquery(made.body) ? made : undefined;
}
