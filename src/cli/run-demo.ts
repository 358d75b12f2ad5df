/** The work of `millrace demo`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePageViews } from '../sources/generator.ts';
import { readDataSource } from '../spec/data-schema.ts';
import { type Running, type RunOptions, runServer } from './run-server.ts';

const eventsPerSecond = 500;
const backfillMs = 5 * 60_000;

const pageviews = {
  dataSource: 'pageviews',
  timestampSpec: { column: 'time', format: 'auto' },
  dimensionsSpec: { dimensions: ['url', 'user', 'country'] },
  metricsSpec: [
    { type: 'count', name: 'views' },
    { type: 'longSum', name: 'latencyMs', fieldName: 'latencyMs' },
    { type: 'longMax', name: 'maxLatencyMs', fieldName: 'latencyMs' },
  ],
  granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute' },
};

type DemoOptions = Omit<RunOptions, 'data' | 'dataSources' | 'whileServing'> & { readonly data?: string };

export async function runDemo(options: DemoOptions): Promise<void> {
  const temporary = options.data === undefined ? await mkdtemp(join(tmpdir(), 'millrace-demo-')) : undefined;
  const dataSource = readDataSource(pageviews);
  try {
    await runServer({
      ...options,
      data: options.data ?? (temporary as string),
      dataSources: [dataSource],
      whileServing: async ({ served, url, signal }: Running) => {
        console.log(whatToTry(url));
        await generatePageViews({ backend: served, dataSource: dataSource.name, eventsPerSecond, backfillMs, signal });
      },
    });
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}

function whatToTry(url: string): string {
  const event = [{ time: new Date().toISOString(), url: '/a', user: 'bob', latencyMs: 3 }];
  const query = {
    queryType: 'topN',
    dataSource: pageviews.dataSource,
    intervals: `${new Date(Date.now() - 2 * backfillMs).toISOString()}/P1D`,
    granularity: 'all',
    dimension: 'url',
    metric: 'views',
    threshold: 5,
    aggregations: [{ type: 'longSum', name: 'views', fieldName: 'views' }],
  };
  return `
${eventsPerSecond} made-up page views a second go into the dataSource '${pageviews.dataSource}'. Try, in another terminal:

  # the pages viewed most, as of now
  ${post(`${url}/druid/v2?pretty`, query)}

  # a page view of your own
  ${post(`${url}/v1/post/${pageviews.dataSource}`, event)}

  # any other events: the dataSource is made from the first of them
  ${post(`${url}/v1/post/mine`, [{ time: new Date().toISOString(), colour: 'blue', size: 7 }])}

  # what it does
  curl ${url}/metrics

Ctrl-C ends it.
`;
}

const post = (url: string, body: unknown) =>
  `curl -XPOST '${url}' -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
