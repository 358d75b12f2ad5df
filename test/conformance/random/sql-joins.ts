/** Random joins of SQL. Each query orders its rows by what tells them apart. */
import fc from 'fast-check';
import { text, where } from './sql-expressions.ts';

const readsColumn = (key: string) => /\b[a-z]/.test(key.replaceAll(/'[^']*'/g, ''));
/** A table with a text `x` and a number `a`. A constant `x` is null to Druid in rows without a partner on the left. */
const grouped = fc
  .tuple(
    fc.oneof(fc.constantFrom('s', 'k'), text.filter(readsColumn)),
    fc.constantFrom('SUM(l)', 'COUNT(*)', 'MAX(big)'),
    where,
  )
  .filter(([key, , filter]) => !filter.includes(`(${key} = '`))
  .map(([key, of, filter]) => `(SELECT ${key} AS x, ${of} AS a FROM random${filter} GROUP BY 1)`);
/** Of one row alone the values would be constants. */
const values = fc
  .uniqueArray(fc.constantFrom("('a', 1)", "('b', 7)", "('', 0)", "('one', -3)", "('two', 20)", "('zz', 5)"), {
    minLength: 2,
    maxLength: 4,
  })
  .map((rows) => `(SELECT * FROM (VALUES ${rows.join(', ')}) AS v(x, a))`);
const lookup = fc.constant('(SELECT k AS x, CHAR_LENGTH(v) AS a FROM lookup.words)');
const side = fc.oneof(
  { arbitrary: grouped, weight: 3 },
  { arbitrary: values, weight: 1 },
  { arbitrary: lookup, weight: 1 },
);
const how = fc.constantFrom('JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN');
const also = fc.constantFrom('', '', ' AND p.a > 0', ' AND q.a < 100', ' AND p.a = q.a');

const ofSides = fc
  .tuple(side, how, side, also)
  .map(
    ([left, join, right, more]) =>
      `SELECT p.x AS x, q.x AS y, p.a AS a, q.a AS b FROM ${left} p ${join} ${right} q ON p.x = q.x${more} ORDER BY 1, 2, 3, 4`,
  );
/** Of the rows of the table none is without a partner on the left. */
const ofRows = fc
  .tuple(
    fc.constantFrom('JOIN', 'LEFT JOIN'),
    fc.constantFrom('s', 'k', 'UPPER(s)'),
    side,
    fc.constantFrom('SUM(r.l)', 'SUM(q.a)', 'MAX(q.a)'),
    also,
  )
  .map(
    ([join, on, right, of, more]) =>
      `SELECT q.x AS x, COUNT(*) AS c, ${of} AS a FROM random r ${join} ${right} q ON ${on.replace(/\bs\b|\bk\b/, (name) => `r.${name}`)} = q.x${more.replace('p.a', 'r.l')} GROUP BY 1 ORDER BY 1`,
  );
const semi = fc
  .tuple(fc.constantFrom('s', 'k'), fc.constantFrom('IN', 'NOT IN'), grouped)
  .map(
    ([of, test, table]) =>
      `SELECT k, COUNT(*) AS c FROM random WHERE ${of} ${test} (SELECT x FROM ${table} WHERE x IS NOT NULL) GROUP BY 1 ORDER BY 1`,
  );
const cross = fc
  .tuple(grouped, values)
  .map(
    ([left, right]) =>
      `SELECT p.x AS x, q.x AS y, p.a + q.a AS a FROM ${left} p CROSS JOIN ${right} q ORDER BY 1, 2, 3`,
  );

export const joins = fc.oneof(ofSides, ofRows, semi, cross);
