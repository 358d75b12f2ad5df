/** Pushes over HTTP into Kafka, by turns with ProducerPerformance; and how soon Druid's task has what is pushed. */
import type { DruidClient } from '../test/services/druid/client.ts';
import { until } from '../test/services/druid/until.ts';
import { Scribe } from '../test/services/kafka/scribe.ts';
import { kafkaTool } from '../test/services/kafka/tools.ts';
import type { MillraceProcess } from '../test/services/millrace.ts';
import type { BenchCluster } from './cluster.ts';
import { eventsFile, minutes } from './events.ts';
import { temporaryBenchFolder } from './folder.ts';
import { runLoad } from './load.ts';
import { type Figure, median } from './report.ts';
import { startOnCluster } from './server.ts';

const { dataSource, events } = minutes;
/** As large as Kafka takes a batch. */
const batchBytes = 1_000_000;
const restDeadlineMs = 120_000;
const supervisors = '/druid/indexer/v1/supervisor';

/** While rates are measured the supervisor rests, as its task would need a core of the two; then it reads all of it. */
export async function pushFigures({ druid, kafka }: BenchCluster, rounds: number): Promise<Figure[]> {
  const { client, router } = druid;
  const file = await eventsFile();
  const topic = 'performance';
  const scribe = new Scribe(kafka);
  await scribe.createTopic(topic);
  await scribe.stop();
  using folder = temporaryBenchFolder();
  const server = await startOnCluster(folder.path, minutes, { druid: router, kafka });
  try {
    await suspended(client);
    const theirs: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round++) {
      theirs.push(await producerPerformance(kafka, topic, Math.round(file.sizeBytes / events) - 1));
      ours.push((await push(server, file)).rate);
    }
    await client.json(`${supervisors}/${dataSource}/resume`, { method: 'POST' });
    await client.untilSum(dataSource, 'views', rounds * events);
    const startMs = performance.now();
    await push(server, file);
    await client.untilSum(dataSource, 'views', (rounds + 1) * events);
    const queryable = events / ((performance.now() - startMs) / 1000);
    const ratio = median(ours) / median(theirs);
    return [
      { name: 'push: ProducerPerformance, acks=all', value: median(theirs), unit: 'events/s' },
      { name: 'push: millrace, 4 × 10,000 events over HTTP', value: median(ours), unit: 'events/s' },
      { name: 'push: ratio', value: ratio, unit: '', goal: { atLeast: 0.5 } },
      { name: "push: until queryable, by a task of Druid's", value: queryable, unit: 'events/s' },
    ];
  } finally {
    await server.stop();
    await client.terminate(dataSource);
  }
}

async function suspended(client: DruidClient): Promise<void> {
  await client.json(`${supervisors}/${dataSource}/suspend`, { method: 'POST' });
  await until(`${dataSource}'s supervisor rests`, restDeadlineMs, async () => {
    const { activeTasks, publishingTasks } = await client.status(dataSource);
    return activeTasks.length + publishingTasks.length === 0;
  });
}

async function push(
  { url }: MillraceProcess,
  file: { readonly path: string; readonly sizeBytes: number },
): Promise<{ readonly rate: number }> {
  const { acknowledgedEvents, seconds } = await runLoad({
    port: Number(new URL(url).port),
    path: `/v1/post/${dataSource}`,
    file: file.path,
    bytes: file.sizeBytes,
    connections: 4,
    eventsPerBody: 10_000,
  });
  if (acknowledgedEvents !== events) throw new Error(`${acknowledgedEvents} of ${events} events were acknowledged`);
  return { rate: acknowledgedEvents / seconds };
}

/** As many records, of as many bytes as an event has, into a topic of the same settings; records a second. */
async function producerPerformance(kafka: string, topic: string, recordBytes: number): Promise<number> {
  const output = await kafkaTool('org.apache.kafka.tools.ProducerPerformance', [
    ...['--topic', topic],
    ...['--num-records', String(events)],
    ...['--record-size', String(recordBytes)],
    ...['--throughput', '-1'],
    ...['--producer-props', `bootstrap.servers=${kafka}`, 'acks=all', `batch.size=${batchBytes}`, 'linger.ms=5'],
  ]);
  const rate = /^\d+ records sent, ([\d.]+) records\/sec.*99\.9th\.$/m.exec(output)?.[1];
  if (rate === undefined) throw new Error(`ProducerPerformance wrote no rate:\n${output}`);
  return Number(rate);
}
