/** The queries of the bench: as Druid's clients write them, and as one would write them by hand for DuckDB. */

import { type BenchLoad, minutes } from './events.ts';

export interface BenchQuery {
  readonly name: string;
  readonly native: Readonly<Record<string, unknown>>;
  readonly sql: string;
  /** How many rows an answer holds; both sides must agree. */
  rows(answer: readonly unknown[]): number;
}

const sum = (name: string) => ({ type: 'longSum', name, fieldName: name });
const items = (answer: readonly unknown[]) => answer.length;
const inFirst = (member: (first: Record<string, unknown>) => unknown) => (answer: readonly unknown[]) =>
  (member(answer[0] as Record<string, unknown>) as readonly unknown[]).length;

export function benchQueriesOf({ dataSource, interval: [start, end], rollup }: BenchLoad): readonly BenchQuery[] {
  const all = `__time >= '${start}' AND __time < '${end}'`;
  const minute = rollup ? '__time' : "date_trunc('minute', __time)";
  const queries: readonly BenchQuery[] = [
    {
      name: 'timeseries by minute',
      native: { queryType: 'timeseries', granularity: 'minute', aggregations: [sum('views'), sum('latencyMs')] },
      sql: `SELECT epoch_ms(${minute}) AS minute, sum(views)::BIGINT, sum(latencyMs)::BIGINT FROM bench WHERE ${all} GROUP BY minute ORDER BY minute`,
      rows: items,
    },
    {
      name: 'topN url by views',
      native: {
        queryType: 'topN',
        granularity: 'all',
        dimension: 'url',
        metric: 'views',
        threshold: 10,
        aggregations: [sum('views')],
      },
      sql: `SELECT url, sum(views)::BIGINT AS views FROM bench WHERE ${all} GROUP BY url ORDER BY views DESC LIMIT 10`,
      rows: inFirst(({ result }) => result),
    },
    {
      name: 'groupBy country, device',
      native: {
        queryType: 'groupBy',
        granularity: 'all',
        dimensions: ['country', 'device'],
        aggregations: [sum('views'), sum('latencyMs'), sum('bytes')],
      },
      sql: `SELECT country, device, sum(views)::BIGINT, sum(latencyMs)::BIGINT, sum(bytes)::BIGINT FROM bench WHERE ${all}
      GROUP BY country, device ORDER BY country, device`,
      rows: items,
    },
    {
      name: 'groupBy hour, url, filtered, limited',
      native: {
        queryType: 'groupBy',
        granularity: 'hour',
        dimensions: ['url'],
        filter: { type: 'in', dimension: 'country', values: ['DE', 'FR'] },
        aggregations: [sum('bytes')],
        limitSpec: {
          type: 'default',
          limit: 100,
          columns: [{ dimension: 'bytes', direction: 'descending', dimensionOrder: 'numeric' }],
        },
      },
      sql: `SELECT epoch_ms(date_trunc('hour', __time)) AS hour, url, sum(bytes)::BIGINT AS bytes FROM bench
      WHERE ${all} AND country IN ('DE', 'FR') GROUP BY hour, url ORDER BY bytes DESC LIMIT 100`,
      rows: items,
    },
    {
      name: 'search in url',
      native: {
        queryType: 'search',
        searchDimensions: ['url'],
        query: { type: 'insensitive_contains', value: 'page-04' },
        limit: 1000,
      },
      sql: `SELECT url, count(*) FROM bench WHERE ${all} AND contains(lower(url), 'page-04') GROUP BY url ORDER BY url LIMIT 1000`,
      rows: inFirst(({ result }) => result),
    },
    {
      name: 'scan 1,000 rows, filtered',
      native: {
        queryType: 'scan',
        columns: ['__time', 'url', 'country', 'views'],
        filter: { type: 'selector', dimension: 'device', value: 'mobile' },
        limit: 1000,
        resultFormat: 'compactedList',
      },
      sql: `SELECT epoch_ms(__time), url, country, views FROM bench WHERE ${all} AND device = 'mobile' LIMIT 1000`,
      rows: inFirst(({ events }) => events),
    },
    {
      name: 'timeBoundary',
      native: { queryType: 'timeBoundary' },
      sql: 'SELECT epoch_ms(min(__time)), epoch_ms(max(__time)) FROM bench',
      rows: items,
    },
  ];
  const where = { dataSource, intervals: [`${start}/${end}`] };
  return queries.map((query) => ({ ...query, native: { ...where, ...query.native } }));
}

export const benchQueries = benchQueriesOf(minutes);
