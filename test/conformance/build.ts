/** Words that many cases are made of. */
import type { Case, Cases, Query } from './define.ts';

export const day = '2015-09-12/2015-09-13';
export const morning = '2015-09-12T03:00:00Z/2015-09-12T09:30:00Z';
export const ofOdd = '2024-10-01/2025-02-01';
export const count = { type: 'count', name: 'rows' };
export const added = { type: 'longSum', name: 'added', fieldName: 'added' };
export const delta = { type: 'doubleSum', name: 'delta', fieldName: 'delta' };

export type Fields = Readonly<Record<string, unknown>>;

export const query = (queryType: string, dataSource: string, intervals: string, fields: Fields = {}): Query => ({
  queryType,
  dataSource,
  intervals,
  ...fields,
});

export const timeseries = (dataSource: string, intervals: string, fields: Fields = {}) =>
  query('timeseries', dataSource, intervals, { granularity: 'all', aggregations: [count], ...fields });
export const topN = (dataSource: string, intervals: string, fields: Fields) =>
  query('topN', dataSource, intervals, {
    granularity: 'all',
    aggregations: [count],
    metric: 'rows',
    threshold: 5,
    ...fields,
  });
export const groupBy = (dataSource: string, intervals: string, fields: Fields) =>
  query('groupBy', dataSource, intervals, { granularity: 'all', aggregations: [count], ...fields });
export const scan = (dataSource: string, intervals: string, fields: Fields = {}) =>
  query('scan', dataSource, intervals, { resultFormat: 'compactedList', ...fields });

/** A request of SQL, answered with rows as lists under the columns' names. */
export const sql = (query: string, more: Fields = {}): Query => ({
  queryType: 'sql',
  query,
  resultFormat: 'array',
  header: true,
  ...more,
});

/** One case for each of some values, named after it unless they are named. */
export const each = <T>(values: Readonly<Record<string, T>>, build: (value: T) => Query): Cases =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { query: build(value) }]));

/** The cases with those among them that differ, and why. */
export function differing(cases: Cases, why: Readonly<Record<string, string>>): Cases {
  const differ = Object.entries(why).map(([name, differs]) => [name, { ...(cases[name] as Case), differs }] as const);
  return { ...cases, ...Object.fromEntries(differ) };
}

/** The cases, in none of which Druid promises an order of the rows. */
export const unordered = (cases: Cases): Cases =>
  Object.fromEntries(Object.entries(cases).map(([name, one]) => [name, { ...one, unordered: true }]));

/** A case for each SQL expression over the rows of `odd`, and for each whole query, named after itself. */
export const overOdd = (expressions: readonly string[]): Cases =>
  unordered(
    each(Object.fromEntries(expressions.map((text) => [text, text])), (text) =>
      sql(text.startsWith('SELECT') ? text : `SELECT n, ${text} AS v FROM odd`, {
        typesHeader: true,
        sqlTypesHeader: true,
      }),
    ),
  );
