/** Multi-value dimensions. https://druid.apache.org/docs/latest/querying/sql-data-types#multi-value-strings */
import { differing, each, sql, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const cases = {
  shown: 'SELECT name, tags FROM odd',
  grouped: 'SELECT tags, COUNT(*) FROM odd GROUP BY tags',
  'grouped by two': 'SELECT tags, size, COUNT(*) FROM odd GROUP BY tags, size',
  'grouped by an expression': 'SELECT UPPER(tags), COUNT(*) FROM odd GROUP BY 1',
  'grouped by a part': 'SELECT SUBSTRING(tags, 1, 1), COUNT(*) FROM odd GROUP BY 1',
  distinct: 'SELECT DISTINCT tags FROM odd',
  'distinct beside another': 'SELECT DISTINCT name, tags FROM odd',
  'distinct expressions': 'SELECT DISTINCT UPPER(tags) FROM odd ORDER BY 1',
  'how many are distinct': 'SELECT COUNT(*) FROM (SELECT DISTINCT tags FROM odd)',
  'grouped and filtered': "SELECT tags, COUNT(*) FROM odd WHERE tags IN ('x') GROUP BY tags",
  equals: "SELECT name FROM odd WHERE tags = 'x'",
  'not equal': "SELECT name FROM odd WHERE tags <> 'x'",
  in: "SELECT name FROM odd WHERE tags IN ('x', 'y')",
  'not in': "SELECT name FROM odd WHERE tags NOT IN ('x', 'y')",
  'not of equals': "SELECT name FROM odd WHERE NOT (tags = 'x')",
  'is null': 'SELECT name FROM odd WHERE tags IS NULL',
  more: "SELECT name, tags FROM odd WHERE tags > 'x'",
  like: "SELECT name, tags FROM odd WHERE tags LIKE 'x%'",
  'not like': "SELECT name, tags FROM odd WHERE tags NOT LIKE 'x%'",
  'an expression in a condition': "SELECT name FROM odd WHERE UPPER(tags) = 'X'",
  concatenated: "SELECT name, tags || 'x' FROM odd",
  coalesced: "SELECT name, COALESCE(tags, 'none') FROM odd",
  counted: 'SELECT COUNT(tags), COUNT(DISTINCT tags) FROM odd',
  'having one': "SELECT tags, COUNT(*) AS c FROM odd GROUP BY tags HAVING tags = 'x'",
};

export const sqlMultiValueCases: Cases = differing(unordered(each(cases, (query) => sql(query))), {
  'having one': 'Druid filters the rows before it groups them',
});
