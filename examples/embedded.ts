/** millrace without a server: a rollup in this process, and a question about it. In a clone: `node --conditions=millrace-source examples/embedded.ts`. */
import { openMillrace } from 'millrace';

// Without a `data` folder everything is gone at the end.
const millrace = await openMillrace();

await millrace.define({
  dataSource: 'pageviews',
  timestampSpec: { column: 'time', format: 'auto' },
  dimensionsSpec: { dimensions: ['url'] },
  metricsSpec: [
    { type: 'count', name: 'views' },
    { type: 'longSum', name: 'latencyMs', fieldName: 'latencyMs' },
  ],
  granularitySpec: { segmentGranularity: 'day', queryGranularity: 'minute' },
});

const { sent, dropped } = await millrace.push('pageviews', [
  { time: '2026-01-01T12:00:01Z', url: '/a', latencyMs: 30 },
  { time: '2026-01-01T12:00:02Z', url: '/b', latencyMs: 10 },
  { time: '2026-01-01T12:00:03Z', url: '/a', latencyMs: 50 },
  { time: 'soon', url: '/c', latencyMs: 1 },
]);
console.log(`${sent} kept, dropped:`, dropped);

interface TopUrls {
  readonly timestamp: string;
  readonly result: readonly { readonly url: string; readonly views: number; readonly latencyMs: number }[];
}

const [answer] = await millrace.query<TopUrls>({
  queryType: 'topN',
  dataSource: 'pageviews',
  intervals: ['2026-01-01/2026-01-02'],
  granularity: 'all',
  dimension: 'url',
  metric: 'latencyMs',
  threshold: 10,
  aggregations: [
    { type: 'longSum', name: 'views', fieldName: 'views' },
    { type: 'longSum', name: 'latencyMs', fieldName: 'latencyMs' },
  ],
});
for (const { url, views, latencyMs } of answer?.result ?? []) {
  console.log(`${url}: ${views} views, ${latencyMs} ms`);
}

await millrace.close();
