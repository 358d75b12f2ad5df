/** A small table of page views for the tests of several query types: two days, the first with a hole of two hours. */
import { tableOf } from './support.ts';

export const pages = tableOf({
  dataSource: 'pages',
  dimensions: { url: 'STRING', user: 'STRING', tags: 'STRING', status: 'LONG' },
  metrics: { count: 'LONG', latency: 'DOUBLE' },
  rows: [
    { __time: '2018-03-06T01:10:00Z', url: '/a', user: 'bob', tags: ['x', 'y'], status: 200, count: 2, latency: 1.5 },
    { __time: '2018-03-06T01:20:00Z', url: '/b', user: 'alice', tags: 'x', status: 404, count: 1, latency: 3 },
    { __time: '2018-03-06T04:20:00Z', url: '/a', user: null, tags: null, status: null, count: 4, latency: null },
    { __time: '2018-03-08T02:20:00Z', url: '/c', user: 'bob', tags: 'y', status: 500, count: 8, latency: 0.25 },
  ],
  metricsSpec: [
    { type: 'count', name: 'count' },
    { type: 'doubleSum', name: 'latency', fieldName: 'latencyMs' },
  ],
});

export const march = '2018-03-01/2018-04-01';
export const countSum = { type: 'longSum', name: 'count', fieldName: 'count' };
export const latencySum = { type: 'doubleSum', name: 'latency', fieldName: 'latency' };
export const at = (time: string) => `2018-03-${time}:00.000Z`;
