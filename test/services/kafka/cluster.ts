/** A real Kafka cluster of several brokers, each also a controller, for tests of what happens when one of them is gone. */
import { freePort } from '../millrace.ts';
import { type BrokerOptions, KafkaBroker, newClusterId } from './broker.ts';

/** One may be gone, and the other two still take what is written, and elect leaders. */
const nodes = [1, 2, 3];
const replication = {
  'default.replication.factor': nodes.length,
  'min.insync.replicas': nodes.length - 1,
  'offsets.topic.replication.factor': nodes.length,
  'transaction.state.log.replication.factor': nodes.length,
  'transaction.state.log.min.isr': nodes.length - 1,
};

export class KafkaCluster {
  /** By node id. */
  readonly brokers: ReadonlyMap<number, KafkaBroker>;

  private constructor(brokers: ReadonlyMap<number, KafkaBroker>) {
    this.brokers = brokers;
  }

  /** Three brokers. Topics have three replicas unless they are created with another number, and are written with two in sync. */
  static async start({
    properties,
    ...options
  }: Omit<BrokerOptions, 'node' | 'port' | 'data'> = {}): Promise<KafkaCluster> {
    const clusterId = newClusterId();
    const controllerPorts: number[] = [];
    for (const _ of nodes) controllerPorts.push(await freePort());
    const starting = nodes.map((id) =>
      KafkaBroker.start({
        ...options,
        node: { clusterId, id, controllerPorts },
        properties: { ...replication, ...properties },
      }),
    );
    // Each waits for the others: one that has not started is a failure of all.
    const started = await Promise.allSettled(starting);
    const brokers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (brokers.length === nodes.length)
      return new KafkaCluster(new Map(nodes.map((id, i) => [id, brokers[i] as KafkaBroker])));
    await Promise.all(brokers.map((broker) => broker.stop()));
    throw started.find((one) => one.status === 'rejected')?.reason;
  }

  get bootstrapServers(): string {
    return [...this.brokers.values()].map(({ bootstrapServers }) => bootstrapServers).join(',');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.brokers.values()].map((broker) => broker.stop()));
  }
}
