/** What the tests of the cluster backend have in common: a real Druid, a real Kafka, and instances of ours on them. */
import { randomBytes } from 'node:crypto';
import { after, type TestContext } from 'node:test';
import type { ClusterContext } from '../../src/cluster/context.ts';
import { openDruid } from '../../src/druid/index.ts';
import { asMillraceError } from '../../src/errors.ts';
import { encodeBatch, openCluster } from '../../src/kafka/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { until } from '../services/druid/until.ts';
import type { SharedDruid } from '../services/on-demand.ts';

const topicDeadlineMs = 30_000;

/** On a Druid and its Kafka, until the test file ends. */
export function onCluster(servers: SharedDruid) {
  const contexts: ClusterContext[] = [];
  after(async () => {
    for (const { druid, kafka } of contexts) await Promise.all([druid.close(), kafka.close()]);
    await servers.release();
  });
  return {
    /** A name that no other run has; its supervisor is ended with the test. */
    newDataSource(t: TestContext, name: string): string {
      const dataSource = `${name}-${randomBytes(4).toString('hex')}`;
      t.after(() => servers.client.terminate(dataSource));
      return dataSource;
    },
    /** What one more process would stand on. */
    newContext(): ClusterContext {
      const kafkaProperties = { 'bootstrap.servers': servers.kafka };
      const context = {
        druid: openDruid({ at: servers.router }, createLogger('silent')),
        kafka: openCluster(kafkaProperties),
        kafkaProperties,
        metrics: createMetrics(),
        log: createLogger('silent'),
        now: Date.now,
      };
      contexts.push(context);
      return context;
    },
  };
}

/** Settles when it can be written to: the broker that made it may not have heard of it for a moment. One that is there is left as it is. */
export async function createTopic(
  { kafka }: Pick<ClusterContext, 'kafka'>,
  name: string,
  partitions = 1,
): Promise<void> {
  await kafka.createTopic({ name, partitions, replicationFactor: 1 });
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));
  await until(`topic '${name}' is led`, topicDeadlineMs, () =>
    kafka.listOffsets(all, 'earliest').then(
      () => true,
      (error) => {
        if (asMillraceError(error).code === 'unavailable') return false;
        throw error;
      },
    ),
  );
}

/** Appends events to a topic's partition. */
export async function produce(
  { kafka }: Pick<ClusterContext, 'kafka'>,
  topic: string,
  events: readonly object[],
  partition = 0,
): Promise<void> {
  const records = events.map((event) => ({ value: Buffer.from(JSON.stringify(event)) }));
  const batch = encodeBatch(records, { timestamp: Date.now() });
  const [produced] = await kafka.produce([{ topic, partition, batch }]);
  if (produced?.errorCode !== 0) throw new Error(`Kafka answers ${produced?.errorCode}`);
}
