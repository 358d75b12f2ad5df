import { each, sql, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const overWikipedia = {
  count: 'SELECT COUNT(*) AS c FROM wikipedia',
  'group and order':
    'SELECT channel, COUNT(*) AS c, SUM(added) AS a FROM wikipedia GROUP BY channel ORDER BY c DESC, channel LIMIT 5',
  'group by position': 'SELECT isRobot, namespace, COUNT(*) FROM wikipedia GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 6',
  having: 'SELECT channel, SUM(delta) AS d FROM wikipedia GROUP BY channel HAVING SUM(delta) < 0 ORDER BY d, channel',
  'floor of time': 'SELECT FLOOR(__time TO HOUR) AS h, COUNT(*) AS c FROM wikipedia GROUP BY 1 ORDER BY 1 LIMIT 4',
  'time_floor in a zone':
    "SELECT TIME_FLOOR(__time, 'PT6H', NULL, 'Europe/Berlin') AS h, COUNT(*) AS c FROM wikipedia GROUP BY 1 ORDER BY 1",
  'time literals':
    "SELECT COUNT(*) AS c FROM wikipedia WHERE __time >= TIMESTAMP '2015-09-12 03:00:00' AND __time < TIMESTAMP '2015-09-12 05:00:00'",
  'filtered aggregates':
    "SELECT COUNT(*) FILTER (WHERE isRobot = 'true') AS robots, SUM(added) FILTER (WHERE channel LIKE '#d%') AS d FROM wikipedia",
  averages: 'SELECT AVG(added) AS whole, AVG(delta) AS d, MIN(delta) AS least, MAX(added) AS most FROM wikipedia',
  'aggregates of no rows':
    "SELECT COUNT(*) AS c, SUM(added) AS s, AVG(delta) AS a, MAX(added) AS m FROM wikipedia WHERE channel = 'none'",
  'groups of no rows': "SELECT channel, COUNT(*) AS c FROM wikipedia WHERE channel = 'none' GROUP BY channel",
  subquery: 'SELECT MAX(c) AS m FROM (SELECT channel, COUNT(*) AS c FROM wikipedia GROUP BY channel)',
  cte: "WITH robots AS (SELECT * FROM wikipedia WHERE isRobot = 'true') SELECT COUNT(*) AS c FROM robots",
  'case when':
    "SELECT CASE WHEN added > 100 THEN 'much' ELSE 'little' END AS k, COUNT(*) AS c FROM wikipedia GROUP BY 1 ORDER BY 1",
  in: "SELECT COUNT(*) AS c FROM wikipedia WHERE channel IN ('#de.wikipedia', '#fr.wikipedia')",
  'in a subquery':
    'SELECT COUNT(*) AS c FROM wikipedia WHERE channel IN (SELECT channel FROM wikipedia GROUP BY channel ORDER BY COUNT(*) DESC, channel LIMIT 2)',
  'is null': 'SELECT COUNT(*) AS c FROM wikipedia WHERE countryName IS NULL',
  'not equal leaves nulls out': "SELECT COUNT(*) AS c FROM wikipedia WHERE countryName <> 'Japan'",
  'select distinct': 'SELECT DISTINCT isRobot, isAnonymous FROM wikipedia ORDER BY 1, 2',
  'integer division':
    'SELECT SUM(added) / COUNT(*) AS q, SUM(added) / 7.0 AS d, MOD(SUM(added), 10) AS m FROM wikipedia',
  'limit and offset': 'SELECT channel, COUNT(*) AS c FROM wikipedia GROUP BY 1 ORDER BY 1 LIMIT 3 OFFSET 2',
  'first rows': 'SELECT __time, channel, added FROM wikipedia ORDER BY __time LIMIT 3',
  'last rows': 'SELECT __time, page FROM wikipedia ORDER BY __time DESC LIMIT 2',
  'earliest and latest': 'SELECT EARLIEST(page, 128) AS e, LATEST(page, 128) AS l, LATEST(added) AS a FROM wikipedia',
  'unnamed columns': 'SELECT COUNT(*), SUM(added) FROM wikipedia',
  'a quoted name': 'SELECT COUNT(*) AS "the count" FROM "druid"."wikipedia"',
  'union all': 'SELECT COUNT(*) AS c FROM wikipedia UNION ALL SELECT COUNT(*) FROM edits',
  join: 'SELECT COUNT(*) AS c FROM wikipedia w JOIN (SELECT DISTINCT channel FROM edits WHERE added > 1000) e ON w.channel = e.channel',
  'an unknown column': 'SELECT nothing FROM wikipedia',
  'an unknown table': 'SELECT COUNT(*) FROM nowhere',
  'a mistake': 'SELEC 1',
};
const values = {
  numbers: 'SELECT n, n / 4 AS q, n * 2 AS t, ABS(n) AS a, CAST(n AS DOUBLE) AS d FROM odd',
  doubles: "SELECT d, ROUND(d, 1) AS r, FLOOR(d) AS f, CEIL(d) AS c, d * 2 AS t FROM odd WHERE name <> 'Alpha'",
  texts: "SELECT name, UPPER(name) AS u, CHAR_LENGTH(name) AS l, SUBSTRING(name, 2, 3) AS s, name || '!' AS x FROM odd",
  'more texts':
    "SELECT REPLACE(name, 'a', 'A') AS r, LPAD(name, 6, '*') AS p, STRPOS(name, 'a') AS i, REVERSE(name) AS v FROM odd",
  nulls: "SELECT COALESCE(name, 'none') AS c, NULLIF(n, 42) AS x, name IS NULL AS z FROM odd",
  times:
    "SELECT __time, EXTRACT(HOUR FROM __time) AS h, TIME_FORMAT(__time, 'yyyy-MM-dd HH:mm', 'Europe/Berlin') AS f, TIMESTAMPADD(MONTH, 1, __time) AS m FROM odd",
  'more times':
    "SELECT TIME_SHIFT(__time, 'P1D', 2) AS s, TIMESTAMP_TO_MILLIS(__time) AS m, TIME_EXTRACT(__time, 'DOW') AS d, FLOOR(__time TO MONTH) AS f FROM odd",
  like: "SELECT name FROM odd WHERE name LIKE '%a%' OR name LIKE 'file_'",
  between: 'SELECT n FROM odd WHERE n BETWEEN 2 AND 11',
  tags: 'SELECT name, tags FROM odd',
};

export const sqlCases: Cases = {
  ...each(overWikipedia, (query) => sql(query)),
  ...unordered(each(values, (query) => sql(query))),
  'approximate distinct': {
    query: sql('SELECT COUNT(DISTINCT channel) AS c FROM wikipedia', { resultFormat: 'object', header: false }),
    estimates: { c: 0.05 },
  },
  'exact distinct': {
    query: sql('SELECT COUNT(DISTINCT channel) AS c FROM wikipedia', {
      context: { useApproximateCountDistinct: false },
    }),
  },
  constant: { query: sql('SELECT 1337') },
  objects: {
    query: sql('SELECT isRobot, COUNT(*) AS c FROM wikipedia GROUP BY 1 ORDER BY 1', {
      resultFormat: 'object',
      header: false,
    }),
  },
  types: {
    query: sql(
      'SELECT __time, channel, added, delta, COUNT(*) AS c FROM wikipedia GROUP BY 1, 2, 3, 4 ORDER BY 1 LIMIT 1',
      {
        typesHeader: true,
        sqlTypesHeader: true,
      },
    ),
  },
  parameters: {
    query: sql('SELECT COUNT(*) AS c FROM wikipedia WHERE channel = ? AND added > ?', {
      parameters: [
        { type: 'VARCHAR', value: '#en.wikipedia' },
        { type: 'BIGINT', value: 100 },
      ],
    }),
  },
  'a zone': {
    query: sql('SELECT FLOOR(__time TO DAY) AS d, COUNT(*) AS c FROM wikipedia GROUP BY 1 ORDER BY 1', {
      context: { sqlTimeZone: 'America/Los_Angeles' },
    }),
  },
};
