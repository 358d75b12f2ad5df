/** Random queries of SQL that name registered lookups. */
import fc from 'fast-check';
import { where } from './sql-expressions.ts';

const lookups = fc.constantFrom("'words'", "'words', 'none'", "'letters', ''", "'letters'");
const valueIn = (names: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.constantFrom('s', 'k', 'CAST(l AS VARCHAR)', 'LOWER(s)'), names)
    .map(([of, name]) => `LOOKUP(${of}, ${name})`);
const value = valueIn(lookups);
const test = fc.oneof(
  fc.tuple(value, fc.constantFrom("= 'A'", 'IS NULL', "IN ('A', 'none', '')", "LIKE '%i%'", "> 'b'")),
  // Where something stands for missing values, Druid forgets it of null once such a test is negated.
  fc.tuple(
    valueIn(fc.constantFrom("'words'", "'letters'")),
    fc.constantFrom("<> 'first'", 'IS NOT NULL', "NOT IN ('A', 'first')"),
  ),
);

export const lookedUp = fc.oneof(
  fc
    .tuple(value, where)
    .map(
      ([key, filter]) => `SELECT ${key} AS g, COUNT(*) AS c, SUM(l) AS a FROM random${filter} GROUP BY 1 ORDER BY 1`,
    ),
  fc
    .tuple(test, where)
    .map(
      ([passing, filter]) =>
        `SELECT k, COUNT(*) AS c FROM random${filter === '' ? ' WHERE' : `${filter} AND`} ${passing.join(' ')} GROUP BY 1 ORDER BY 1`,
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
