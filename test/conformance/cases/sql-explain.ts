/** What EXPLAIN PLAN FOR says, where millrace tells the native query. */
import { each, sql } from '../build.ts';
import type { Cases } from '../define.ts';

const explain = (query: string) => sql(`EXPLAIN PLAN FOR ${query}`, { context: { sqlQueryId: 'explained' } });

const queries = [
  'SELECT COUNT(*) FROM wikipedia',
  'SELECT SUM(added) AS a, MIN(delta), MAX(deltaFloat), SUM(deltaFloat) FROM wikipedia',
  "SELECT COUNT(*) FROM wikipedia WHERE __time >= TIMESTAMP '2015-09-12 03:00:00' AND __time < TIMESTAMP '2015-09-12 09:30:00'",
  "SELECT COUNT(*) FROM wikipedia WHERE __time > TIMESTAMP '2015-09-12 03:00:00'",
  "SELECT COUNT(*) FROM wikipedia WHERE page IS NOT NULL AND added > 10 AND user <> 'x'",
  "SELECT COUNT(*) FROM wikipedia WHERE channel = '#en.wikipedia' OR namespace = 'Main'",
  "SELECT COUNT(*) FROM wikipedia WHERE channel IN ('#vi.wikipedia', '#en.wikipedia') AND added IN (36, 17, 100)",
  "SELECT COUNT(*) FROM wikipedia WHERE page LIKE 'Main%' AND added BETWEEN 5 AND 10 AND cityName IS NULL",
  "SELECT COUNT(*) FROM wikipedia WHERE (channel = 'a' OR namespace = 'b' OR (added = 3 AND cityName IS NOT NULL AND page = 'p')) AND comment IS NOT NULL AND deleted < 7",
  "SELECT COUNT(*) FROM wikipedia WHERE added = 5 AND __time <= TIMESTAMP '2015-09-12 03:00:00.5'",
  "SELECT COUNT(*) FILTER (WHERE isRobot = 'true') FROM wikipedia",
  "SELECT channel, COUNT(*) FILTER (WHERE isRobot = 'true') AS robots, SUM(added) FILTER (WHERE namespace = 'Main') FROM wikipedia WHERE user > 'M' GROUP BY 1",
  "SELECT COUNT(*) FILTER (WHERE isRobot = 'true') AS robots, SUM(added) FILTER (WHERE deleted >= 5) FROM wikipedia",
  'SELECT FLOOR(__time TO HOUR) AS t, SUM(added) FROM wikipedia GROUP BY 1',
  'SELECT FLOOR(__time TO DAY), COUNT(*) FROM wikipedia GROUP BY FLOOR(__time TO DAY)',
  'SELECT FLOOR(__time TO MINUTE), COUNT(*) FROM wikipedia GROUP BY 1',
  'SELECT FLOOR(__time TO MONTH), COUNT(*) FROM wikipedia GROUP BY 1',
  'SELECT FLOOR(__time TO YEAR), COUNT(*) FROM wikipedia GROUP BY 1',
  'SELECT FLOOR(__time TO HOUR) FROM wikipedia GROUP BY 1',
  'SELECT channel FROM wikipedia GROUP BY channel',
  "SELECT channel, namespace, MAX(added) FROM wikipedia WHERE isRobot = 'false' GROUP BY 1, 2",
  'SELECT channel, namespace, COUNT(*) AS c FROM wikipedia GROUP BY 1, 2 ORDER BY c DESC, channel LIMIT 7',
  'SELECT channel, COUNT(*) AS c FROM wikipedia GROUP BY channel ORDER BY 2 DESC',
  'SELECT metroCode, COUNT(*) FROM wikipedia GROUP BY 1',
  'SELECT channel, COUNT(*) AS c, SUM(added) AS a FROM wikipedia GROUP BY channel ORDER BY a DESC LIMIT 5',
  'SELECT tags, COUNT(*) FROM odd WHERE n >= 3 GROUP BY 1 ORDER BY 2 DESC LIMIT 3',
  'SELECT channel, added FROM wikipedia LIMIT 2',
  'SELECT added, channel, page FROM wikipedia WHERE delta IS NULL',
  'SELECT __time, page FROM wikipedia ORDER BY __time DESC LIMIT 3',
  'SELECT __time, page FROM wikipedia ORDER BY __time',
  'SELECT * FROM odd WHERE n < 42',
];

export const sqlExplainCases: Cases = each(Object.fromEntries(queries.map((query) => [query, query])), explain);
