/** A pusher into a real Kafka, whose dataSources are given rather than asked of an overlord. */
import type { TestContext } from 'node:test';
import type { PushOutcome, Submission } from '../../../src/backend.ts';
import type { PushContext, PushTarget } from '../../../src/cluster/context.ts';
import { openPusher } from '../../../src/cluster/push/index.ts';
import { type KafkaProperties, openCluster } from '../../../src/kafka/index.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { createMetrics, type Metrics } from '../../../src/observe/metrics.ts';
import { type ReadOptions, readDataSource } from '../../../src/spec/data-schema.ts';

export interface TestPusher {
  readonly metrics: Metrics;
  define(topic: string, partitions: number, dataSchema: object, options?: ReadOptions): void;
  push(dataSource: string | undefined, body: string, more?: Partial<Submission>): Promise<PushOutcome>;
  readonly pusher: Awaited<ReturnType<typeof openPusher>>;
}

export async function testPusher(
  t: TestContext,
  properties: KafkaProperties,
  options: Partial<PushContext> = {},
): Promise<TestPusher> {
  const targets = new Map<string, PushTarget>();
  const kafka = openCluster(properties);
  const metrics = createMetrics();
  const pusher = await openPusher({
    kafka,
    metrics,
    log: createLogger('silent'),
    now: Date.now,
    autoCreate: false,
    maxPendingBytes: 64 * 2 ** 20,
    deadLetterDirectory: undefined,
    targets: { lookup: async (name) => targets.get(name), create: () => Promise.reject(new Error('none is created')) },
    ...options,
  });
  t.after(async () => {
    await pusher.close();
    await kafka.close();
  });
  return {
    metrics,
    pusher,
    define: (topic, partitions, dataSchema, more) => {
      const dataSource = readDataSource(dataSchema, more);
      targets.set(dataSource.name, { dataSource, topic, partitions });
    },
    push: (dataSource, body, more) => {
      const events = body.split('\n').filter((line) => line.trim() !== '').length;
      return pusher.push({ dataSource, format: 'json', lines: Buffer.from(body), events, ...more });
    },
  };
}
