/**
 * From produce to visible: 10,000 events a second in batches of 100 by turns to the topic's partitions, and every now and
 * then a look at how long it takes until a query counts the batch that was sent just now.
 */
import { encodeBatch, openCluster } from '../src/kafka/index.ts';
import { dataSchema } from './events.ts';
import { withSupervisor } from './kafka-ingest.ts';

const eventsPerBatch = 100;
const msPerBatch = 10;
const batches = 2_000;
const firstLooks = 20;

/** Milliseconds, one for each look. */
export function measureLatency(bootstrapServers: string, topic: string, partitions: number): Promise<number[]> {
  return withSupervisor(bootstrapServers, topic, async ({ server }) => {
    await using cluster = openCluster({ 'bootstrap.servers': bootstrapServers });
    const start = performance.now();
    const failures: unknown[] = [];
    let sent = 0;
    const timer = setInterval(() => {
      // A timer that comes late makes up for it.
      while (sent < Math.min(batches, (performance.now() - start) / msPerBatch)) {
        cluster
          .produce([{ topic, partition: sent % partitions, batch: batchOf(sent) }])
          .catch((error: unknown) => failures.push(error));
        sent++;
      }
    }, 1);
    const latencies: number[] = [];
    while (sent < batches) {
      await new Promise((resolve) => setTimeout(resolve, 100 + (latencies.length % 10)));
      const from = performance.now();
      const wanted = sent * eventsPerBatch;
      while ((await countEvents(server.url)) < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
      latencies.push(performance.now() - from);
    }
    clearInterval(timer);
    if (failures.length > 0) throw failures[0];
    return latencies.slice(firstLooks);
  });
}

function batchOf(number: number): Buffer {
  const now = Date.now();
  const records = Array.from({ length: eventsPerBatch }, (_, i) => ({
    value: Buffer.from(
      `{"time":"${new Date(now).toISOString()}","url":"/products/page-${String((number * i) % 110).padStart(3, '0')}","country":"DE","device":"mobile","user":"u${number}","latencyMs":${10 + i},"bytes":${500 + number}}`,
    ),
  }));
  return encodeBatch(records, { timestamp: now });
}

async function countEvents(url: string): Promise<number> {
  const response = await fetch(`${url}/druid/v2`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      queryType: 'timeseries',
      dataSource: dataSchema.dataSource,
      granularity: 'all',
      intervals: '2000/2100',
      aggregations: [{ type: 'longSum', name: 'views', fieldName: 'views' }],
    }),
  });
  const [row] = (await response.json()) as { result: { views: number | null } }[];
  return row?.result.views ?? 0;
}
