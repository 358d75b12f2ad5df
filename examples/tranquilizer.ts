/** Tranquility's core API: events one by one, each with its own promise. In a clone: `node --conditions=millrace-source examples/tranquilizer.ts`. */
import { createTranquilizer, MessageDroppedError, openMillrace } from 'millrace';

const millrace = await openMillrace();

const tranquilizer = await createTranquilizer({
  // An entry of a Tranquility file's `dataSources`, as it is.
  spec: {
    dataSchema: {
      dataSource: 'pageviews',
      parser: {
        type: 'string',
        parseSpec: {
          format: 'json',
          timestampSpec: { column: 'time', format: 'auto' },
          dimensionsSpec: { dimensions: ['url', 'user'] },
        },
      },
      granularitySpec: { type: 'uniform', segmentGranularity: 'hour', queryGranularity: 'none' },
      metricsSpec: [{ type: 'count', name: 'views' }],
    },
    tuningConfig: { type: 'realtime', windowPeriod: 'PT10M' },
  },
  properties: { 'tranquility.maxBatchSize': 1000 },
  // Or { url: 'http://localhost:8888' }: a millrace elsewhere.
  to: millrace,
});

const events = [
  { time: new Date(), url: '/a', user: 'bob' },
  { time: '2018-05-24T09:26:12Z', url: '/b', user: 'alice' },
  { time: new Date(), url: '/c', user: 'carol' },
];

const sends = events.map(async (event) => {
  try {
    await tranquilizer.send(event);
    console.log(`${event.url} is kept`);
  } catch (error) {
    if (!(error instanceof MessageDroppedError)) throw error;
    console.log(`${event.url} was dropped: ${error.reason}`);
  }
});
await Promise.all(sends);

console.log(tranquilizer.counts);
await tranquilizer.close();
await millrace.close();
