/** Spatial dimensions, and filters over them. */
import { differing, each, query, scan, timeseries, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const may = '2025-05-01/2025-05-03';
const within = (bound: object, dimension = 'at') => ({ type: 'spatial', dimension, bound });
const rectangle = (minCoords: number[], maxCoords: number[]) => within({ type: 'rectangular', minCoords, maxCoords });
const around = (coords: number[], radius: number, radiusUnit?: string) =>
  within({ type: 'radius', coords, radius, ...(radiusUnit && { radiusUnit }) });
const polygon = (abscissa: number[], ordinate: number[]) => within({ type: 'polygon', abscissa, ordinate });

const filters = {
  'a rectangle': rectangle([0, 0], [10, 20]),
  'a rectangle of a side': rectangle([1, 1], [1, 3]),
  'a rectangle of one coordinate': rectangle([2], [60]),
  'a radius': around([0, 0], 3.61),
  'a radius that a place lies on': around([3, 5], 3),
  'a radius of meters': around([52.5, 13.4], 3000, 'meters'),
  'a radius of kilometers': around([52.5, 13.4], 40, 'kilometers'),
  'a radius of miles': around([52.5, 13.4], 500, 'miles'),
  'a radius of feet': around([52.5, 13.4], 500, 'feet'),
  'a polygon': polygon([-1, 4, 4, 2.75, -1], [-1, -1, 5, 1.9, 5]),
  'sides and corners of a polygon': polygon([0, 3, 3], [0, 0, 3]),
  'level with corners of a polygon': polygon([1, 3, 5, 3], [2, 4, 2, 0]),
  'a polygon of two corners': polygon([0, 3], [0, 3]),
  'not within': { type: 'not', field: rectangle([0, 0], [10, 20]) },
  'text that is no spatial dimension': within({ type: 'rectangular', minCoords: [0], maxCoords: [10] }, 'name'),
  'an unknown column': within({ type: 'rectangular', minCoords: [0], maxCoords: [10] }, 'nothing'),
  'time is no place': within({ type: 'rectangular', minCoords: [0], maxCoords: [10] }, '__time'),
};

const cases: Cases = {
  places: { query: scan('places', may, { columns: ['name', 'at', 'lat', 'lon'] }) },
  ...each(filters, (filter) => scan('places', may, { columns: ['name'], filter })),
  'a place as a dimension': {
    query: query('groupBy', 'places', may, {
      granularity: 'all',
      dimensions: ['at'],
      filter: rectangle([0, 0], [10, 20]),
      aggregations: [{ type: 'count', name: 'rows' }],
    }),
  },
  'of an aggregator': {
    query: timeseries('places', may, {
      aggregations: [
        { type: 'filtered', filter: rectangle([0, 0], [10, 20]), aggregator: { type: 'count', name: 'near' } },
      ],
    }),
  },
};

export const placeCases = differing(unordered(cases), {
  'not within': "rows without a place pass in Druid's segments, though not among rows that a task still holds",
  'level with corners of a polygon': 'Druid counts the two sides that meet in a corner as two crossings',
});
