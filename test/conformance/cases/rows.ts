import { day, differing, each, morning, ofOdd, query, scan } from '../build.ts';
import type { Cases } from '../define.ts';

const early = '2015-09-12T00:50:00Z/2015-09-12T01:00:00Z';
const few = ['__time', 'channel', 'page', 'added', 'metroCode'];
const search = (fields: object) => query('search', 'odd', ofOdd, { granularity: 'all', ...fields });
const containing = (value: string) => ({ type: 'insensitive_contains', value });

/** scan and search. */
const cases: Cases = {
  ...each(
    {
      'some columns': { columns: few, order: 'ascending' },
      'as objects': { columns: few, order: 'ascending', resultFormat: 'list' },
      descending: { columns: few, order: 'descending', limit: 5 },
      'limit and offset': { columns: few, order: 'ascending', limit: 3, offset: 2 },
      'all columns': { order: 'ascending', limit: 2 },
      'an unknown column': { columns: ['__time', 'nothing'], order: 'ascending', limit: 2 },
      'a filter': {
        columns: ['user'],
        order: 'ascending',
        filter: { type: 'selector', dimension: 'isRobot', value: 'true' },
      },
      'nothing passes': { columns: few, filter: { type: 'false' } },
      'ordered by orderBy': { columns: few, orderBy: [{ columnName: '__time', order: 'descending' }], limit: 3 },
    },
    (fields) => scan('wikipedia', early, fields),
  ),
  'all that is odd': { query: scan('odd', ofOdd), unordered: true },
  'all that is odd, as objects': { query: scan('odd', ofOdd, { resultFormat: 'list' }), unordered: true },
  'rolled up': {
    query: scan('edits', morning, {
      columns: ['__time', 'channel', 'namespace', 'isRobot', 'countryName', 'count', 'added', 'leastDelta'],
      limit: 1000,
    }),
    unordered: true,
  },
  ...each(
    {
      'search: all dimensions': { query: containing('a') },
      'search: some': { query: containing('A'), searchDimensions: ['name', 'tags'] },
      'search: several values': { query: containing('x'), searchDimensions: ['tags'] },
      'search: strlen': { query: containing('a'), sort: { type: 'strlen' } },
      'search: alphanumeric': { query: containing('fi'), sort: { type: 'alphanumeric' } },
      'search: case': { query: { type: 'contains', value: 'Al', caseSensitive: true } },
      'search: fragments': { query: { type: 'fragment', values: ['a', 'l'] } },
      'search: regex': { query: { type: 'regex', pattern: '^.{4}$' } },
      'search: everything': { query: { type: 'all' }, searchDimensions: ['name'] },
      'search: limited': { query: containing('a'), limit: 2 },
      'search: numbers': { query: containing('4'), searchDimensions: ['n', 'd', 'f'] },
      'search: nothing found': { query: containing('no such text') },
      'search: filtered': { query: containing('a'), filter: { type: 'selector', dimension: 'tags', value: 'x' } },
      'search: by the day': { query: containing('a'), granularity: 'day' },
    },
    search,
  ),
  'search: of no rows': { query: query('search', 'odd', '2001-01-01/2001-02-01', { query: containing('a') }) },
  'search: wikipedia': { query: query('search', 'wikipedia', day, { query: containing('berlin') }) },
};

export const rowsCases = differing(cases, {
  'a filter': 'Druid orders by __time only where it is among the columns',
  'search: limited': 'Druid takes the first that it finds, and orders these',
  'search: by the day': "millrace ignores a search's granularity",
});
