/** The language itself: what stands in FROM, groups, sets, subqueries, literals. https://druid.apache.org/docs/latest/querying/sql */
import { differing, each, sql, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const fromClauses = {
  'unnest a literal': "SELECT t.c FROM UNNEST(ARRAY['a', 'b']) AS t(c)",
  'unnest without a name': 'SELECT * FROM UNNEST(ARRAY[1, 2, 3])',
  'unnest a dimension': 'SELECT name, t.c FROM odd CROSS JOIN UNNEST(MV_TO_ARRAY(tags)) AS t(c)',
  'unnest and filter': "SELECT name, c FROM odd, UNNEST(MV_TO_ARRAY(tags)) AS t(c) WHERE c = 'x'",
  'unnest an array of columns': 'SELECT name, c FROM odd, UNNEST(ARRAY[name, size]) AS t(c) WHERE n > 1',
  'unnest and group': 'SELECT c, COUNT(*) FROM odd CROSS JOIN UNNEST(MV_TO_ARRAY(tags)) AS t(c) GROUP BY c',
  'unnest twice': "SELECT a.c, b.e FROM UNNEST(ARRAY[1, 2]) AS a(c), UNNEST(ARRAY['x', 'y']) AS b(e)",
  'unnest beside an unnest':
    "SELECT name, c, e FROM odd, UNNEST(MV_TO_ARRAY(tags)) AS t(c), UNNEST(ARRAY[1, 2]) AS u(e) WHERE name = 'beta'",
  'unnest of a subquery':
    'SELECT name, c FROM (SELECT name, tags FROM odd WHERE n > 5) CROSS JOIN UNNEST(MV_TO_ARRAY(tags)) AS t(c)',
  'unnest with a left join': 'SELECT name, c FROM odd LEFT JOIN UNNEST(MV_TO_ARRAY(tags)) AS t(c) ON TRUE',
  'every column and what is unnested':
    "SELECT * FROM odd, UNNEST(MV_TO_ARRAY(tags)) AS t(c) WHERE name = 'alpha' AND c <> 'x'",
  'tables appended': "SELECT COUNT(*) FROM TABLE(APPEND('edits', 'wikipedia'))",
  'tables appended that differ':
    "SELECT isRobot, COUNT(*), SUM(n), COUNT(DISTINCT tags) FROM TABLE(APPEND('edits', 'odd')) GROUP BY 1",
  'a natural join':
    'SELECT COUNT(*) FROM (SELECT DISTINCT channel FROM wikipedia) a NATURAL JOIN (SELECT DISTINCT channel FROM edits) b',
  using:
    'SELECT COUNT(*) FROM (SELECT DISTINCT channel FROM wikipedia) a JOIN (SELECT DISTINCT channel FROM edits) b USING (channel)',
  'a comma join':
    "SELECT a.channel, b.isRobot FROM (SELECT DISTINCT channel FROM edits) a, (SELECT channel, isRobot FROM edits GROUP BY 1, 2) b WHERE a.channel = b.channel AND a.channel LIKE '#d%'",
  'a right join':
    'SELECT COUNT(*) FROM edits e RIGHT JOIN (SELECT DISTINCT channel FROM wikipedia) w ON e.channel = w.channel',
  'a join by less':
    'SELECT COUNT(*) FROM edits e JOIN (SELECT DISTINCT added FROM wikipedia WHERE added < 20) w ON e.added < w.added',
  'a star of a join':
    'SELECT * FROM (SELECT DISTINCT channel FROM edits) a JOIN (SELECT channel, isRobot FROM edits GROUP BY 1, 2) b ON a.channel = b.channel ORDER BY 1, 2, 3 LIMIT 3',
  'a star of many': 'WITH x AS (SELECT 1 AS a) SELECT * FROM x, x AS y, x AS z',
  'names for columns': "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(x, y)",
  values: "VALUES (1, 'a'), (2, 'b')",
  'with names': 'WITH x(b) AS (SELECT 1 AS a) SELECT b FROM x',
};

const groups = {
  rollup:
    'SELECT isRobot, isAnonymous, COUNT(*), GROUPING(isRobot, isAnonymous) FROM wikipedia GROUP BY ROLLUP (isRobot, isAnonymous)',
  cube: 'SELECT isRobot, isAnonymous, COUNT(*), GROUPING(isRobot, isAnonymous) AS g FROM wikipedia GROUP BY CUBE (isRobot, isAnonymous)',
  'grouping sets': 'SELECT isRobot, COUNT(*) FROM wikipedia GROUP BY GROUPING SETS ((isRobot), ())',
  'a key and a rollup': 'SELECT isRobot, isAnonymous, COUNT(*) FROM wikipedia GROUP BY isRobot, ROLLUP (isAnonymous)',
  'grouping without sets': 'SELECT GROUPING(channel), COUNT(*) FROM edits GROUP BY channel ORDER BY 2 DESC LIMIT 1',
  'no keys': 'SELECT COUNT(*) FROM odd GROUP BY ()',
  'having an alias': 'SELECT channel, COUNT(*) c FROM edits GROUP BY 1 HAVING c > 10 ORDER BY 2 DESC LIMIT 3',
  'having an alias that hides a column': 'SELECT MAX(added) AS added FROM edits GROUP BY channel HAVING added > 2000',
  'having the aggregate of what an alias hides':
    'SELECT MAX(added) AS added FROM edits GROUP BY channel HAVING SUM(added) > 9000',
  'having with sets': 'SELECT COUNT(*) AS c, name FROM odd GROUP BY GROUPING SETS ((name), ()) HAVING COUNT(*) > 1',
  'ordered by an aggregate': 'SELECT channel, COUNT(*) FROM edits GROUP BY 1 ORDER BY SUM(added) DESC LIMIT 2',
  'a window over groups':
    'SELECT ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC) AS r, channel FROM edits GROUP BY channel ORDER BY r LIMIT 2',
  'a named window':
    'SELECT channel, LAG(channel) OVER w FROM (SELECT channel FROM edits GROUP BY 1) WINDOW w AS (ORDER BY channel) ORDER BY 1 LIMIT 3',
  'places of groups without an order':
    'SELECT isRobot, namespace, ROW_NUMBER() OVER () AS r, LAG(namespace) OVER (PARTITION BY isRobot) AS l FROM edits GROUP BY isRobot, namespace',
  'the sum of a count over all':
    'SELECT channel, SUM(COUNT(*)) OVER () AS total FROM edits GROUP BY channel ORDER BY channel LIMIT 2',
};

const subqueries = {
  'not in a subquery':
    'SELECT COUNT(*) FROM wikipedia WHERE channel NOT IN (SELECT channel FROM edits WHERE added > 1000)',
  'more than a scalar': 'SELECT COUNT(*) FROM wikipedia WHERE added > (SELECT AVG(added) FROM wikipedia)',
  'a scalar in the list':
    'SELECT channel, (SELECT COUNT(*) FROM edits) AS n FROM wikipedia GROUP BY channel ORDER BY 1 LIMIT 2',
  'a row in a subquery':
    'SELECT COUNT(*) FROM edits WHERE (channel, isRobot) IN (SELECT channel, isRobot FROM wikipedia)',
  'a row among rows': "SELECT COUNT(*) FROM odd WHERE (name, n) IN (('alpha', 1), ('beta', 5))",
  'no row among rows': "SELECT COUNT(*) FROM odd WHERE (name, n) NOT IN (('alpha', 1), ('beta', 5))",
  'a row that equals': "SELECT COUNT(*) FROM odd WHERE (name, n) = ('alpha', 7)",
  'more than all': 'SELECT COUNT(*) FROM edits WHERE added > ALL (SELECT 5)',
  'more than any': 'SELECT COUNT(*) FROM edits WHERE added > ANY (SELECT 5)',
  'equal to some': 'SELECT COUNT(*) FROM edits WHERE added = SOME (SELECT added FROM wikipedia)',
  'is distinct from': "SELECT COUNT(*) FROM wikipedia WHERE countryName IS DISTINCT FROM 'Japan'",
  'is not distinct from': "SELECT COUNT(*) FROM wikipedia WHERE countryName IS NOT DISTINCT FROM 'Japan'",
  'is not distinct from null': 'SELECT COUNT(*) FROM wikipedia WHERE countryName IS NOT DISTINCT FROM NULL',
  'is true': 'SELECT COUNT(*) FROM edits WHERE (added > 10) IS TRUE',
  'is not true': "SELECT COUNT(*) FROM edits WHERE (countryName = 'Japan') IS NOT TRUE",
  'a union of rows that differ': 'SELECT channel FROM edits UNION SELECT channel FROM wikipedia',
  'a union of types': "SELECT 1 UNION ALL SELECT 'a'",
  'a union of numbers': 'SELECT added FROM edits WHERE added = 56 UNION ALL SELECT delta FROM edits WHERE delta = 31',
  exists: 'SELECT COUNT(*) FROM wikipedia w WHERE EXISTS (SELECT 1 FROM edits e WHERE e.channel = w.channel)',
  'not exists': 'SELECT COUNT(*) FROM wikipedia WHERE NOT EXISTS (SELECT 1 FROM edits)',
  except: "SELECT channel FROM edits EXCEPT SELECT channel FROM wikipedia WHERE isRobot = 'true'",
  intersect: "SELECT channel FROM edits INTERSECT SELECT channel FROM wikipedia WHERE isRobot = 'true'",
};

const words = {
  'fetch first': 'SELECT channel FROM edits GROUP BY 1 ORDER BY 1 OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY',
  'limit all': 'SELECT channel FROM edits GROUP BY 1 ORDER BY 1 LIMIT ALL',
  'unicode text': "SELECT U&'\\00e4' AS x, U&'a\\0041b'",
  'unicode text with an escape of its own': "SELECT U&'!0041' UESCAPE '!' AS x",
  'unicode names': 'SELECT U&"ch\\0061nnel" FROM edits GROUP BY 1 ORDER BY 1 LIMIT 1',
  'quotes in quotes': `SELECT 'it''s', 'a"b', "channel" AS "a""b" FROM edits GROUP BY "channel" ORDER BY 3 LIMIT 1`,
  comments: 'SELECT /* one */ 1 -- two',
  numbers: 'SELECT 1e3, 1.5, .5, 12345678901, 0x1F',
  times: "SELECT DATE '2020-01-02', TIMESTAMP '2020-01-02 03:04:05.678', INTERVAL '1' DAY + DATE '2020-01-02'",
  'intervals of several units':
    "SELECT TIMESTAMP '2020-01-01 00:00:00' + INTERVAL '1 2:03:04' DAY TO SECOND, TIMESTAMP '2020-01-01 00:00:00' - INTERVAL '1-2' YEAR TO MONTH, TIMESTAMP '2020-01-01 00:00:00' + INTERVAL '2:30' HOUR TO MINUTE",
  'case of a value':
    "SELECT CASE channel WHEN '#de.wikipedia' THEN 1 WHEN '#fr.wikipedia' THEN 2 END AS k, COUNT(*) FROM edits GROUP BY 1",
  'case of types': "SELECT CASE WHEN added > 5 THEN 1 ELSE 'a' END AS k, COUNT(*) FROM edits GROUP BY 1",
  'coalesce of types': "SELECT COALESCE(1, 'a'), NULLIF('a', 1), COALESCE(NULL, 2)",
  'like with an escape': "SELECT COUNT(*) FROM edits WHERE channel LIKE '#d!_%' ESCAPE '!'",
  'not between': 'SELECT COUNT(*) FROM edits WHERE added NOT BETWEEN 10 AND 20',
  'times as text': "SELECT COUNT(*) FROM edits WHERE __time BETWEEN '2015-09-12' AND '2015-09-12T10:00:00'",
  'the time of the query':
    "SELECT CURRENT_TIMESTAMP > TIMESTAMP '2020-01-01 00:00:00', LOCALTIMESTAMP > TIMESTAMP '2020-01-01 00:00:00'",
  'logic of null': "SELECT TRUE, FALSE, NOT TRUE, TRUE AND NULL, 'a' = NULL, NULL IS NULL",
  'the same name twice': 'SELECT 1 AS "a", 2 AS "a"',
  'a schema and an alias': 'SELECT "the e".channel FROM druid."edits" AS "the e" GROUP BY 1 ORDER BY 1 LIMIT 1',
  'set before it': "SET sqlTimeZone = 'America/New_York'; SELECT MIN(TIME_FLOOR(__time, 'P1D')) FROM edits",
  'is unknown': "SELECT COUNT(*) FROM edits WHERE (countryName = 'Japan') IS UNKNOWN",
};

const refused = 'refused by Druid 33; answered as SQL says';

export const sqlLanguageCases: Cases = differing(
  unordered(each({ ...fromClauses, ...groups, ...subqueries, ...words }, (query) => sql(query))),
  {
    exists: refused,
    'not exists': refused,
    except: refused,
    intersect: refused,
    'set before it': 'Druid 33 does not have it yet',
    'is unknown': refused,
  },
);
