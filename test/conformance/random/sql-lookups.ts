/** Random queries of SQL that name registered lookups. */
import fc from 'fast-check';
import { where } from './sql-expressions.ts';

const lookups = fc.constantFrom("'words'", "'words', 'none'", "'letters', ''", "'letters'");
const value = fc
  .tuple(fc.constantFrom('s', 'k', 'CAST(l AS VARCHAR)', 'LOWER(s)'), lookups)
  .map(([of, name]) => `LOOKUP(${of}, ${name})`);

export const lookedUp = fc.oneof(
  fc
    .tuple(value, where)
    .map(
      ([key, filter]) => `SELECT ${key} AS g, COUNT(*) AS c, SUM(l) AS a FROM random${filter} GROUP BY 1 ORDER BY 1`,
    ),
  fc
    .tuple(
      value,
      fc.constantFrom(
        "= 'A'",
        "<> 'first'",
        'IS NULL',
        'IS NOT NULL',
        "IN ('A', 'none', '')",
        "NOT IN ('A', 'first')",
        "LIKE '%i%'",
        "> 'b'",
      ),
      where,
    )
    .map(
      ([key, test, filter]) =>
        `SELECT k, COUNT(*) AS c FROM random${filter === '' ? ' WHERE' : `${filter} AND`} ${key} ${test} GROUP BY 1 ORDER BY 1`,
    ),
  fc
    .tuple(value, value)
    .map(([one, other]) => `SELECT ${one} AS a, ${other} AS b, s FROM random ORDER BY __time LIMIT 100`),
  fc
    .constantFrom("= 'A'", 'IS NOT NULL', "> 'b'")
    .map((test) => `SELECT k, v FROM lookup.words WHERE v ${test} ORDER BY 1`),
  fc
    .constantFrom('COUNT(*)', 'MAX(CHAR_LENGTH(k))')
    .map((of) => `SELECT v, ${of} AS a FROM lookup.words GROUP BY 1 ORDER BY 1`),
);
