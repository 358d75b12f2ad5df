/**
 * Properties of Kafka's old consumers and producers (0.7 and 0.8, which asked ZooKeeper) as those of today's. Each old one is told of once.
 * https://kafka.apache.org/08/documentation/#consumerconfigs
 * https://kafka.apache.org/documentation/#consumerconfigs
 */

export interface ModernProperties {
  /** As given, the old ones renamed or left out. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** One for each old property or value, in the order in which they are given. */
  readonly warnings: readonly string[];
}

interface OldProperties {
  /** `consumers` or `producers`. */
  readonly of: string;
  /** Old name → today's. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Of today's name: old value → today's. */
  readonly renamedValues: Readonly<Record<string, ReadonlyMap<unknown, string>>>;
  /** Why a property has no meaning any more; undefined when it has one. */
  uselessness(name: string): string | undefined;
}

const ofZooKeeper = /^(?:zookeeper|zk)\./;
const noZooKeeper = 'is about ZooKeeper, which is not asked any more';

/** What steered threads, buffers and rebalancing of the old consumer. */
const goneConsumers = new Set(
  `consumer.id consumerid consumer.timeout.ms socket.buffersize socket.receive.buffer.bytes num.consumer.fetchers
   queued.max.message.chunks queuedchunks.max rebalance.max.retries rebalance.retries.max rebalance.backoff.ms backoff.increment.ms
   offsets.storage offsets.channel.backoff.ms offsets.channel.socket.timeout.ms offsets.commit.max.retries dual.commit.enabled`.split(
    /\s+/,
  ),
);

/** Whether positions are committed by the consumer: here they are committed with the rows, whatever is said. */
const ofAutoCommit = /^(?:auto\.?commit\.|enable\.auto\.commit$)/;

const oldConsumers: OldProperties = {
  of: 'consumers',
  renamed: new Map([
    ['metadata.broker.list', 'bootstrap.servers'],
    ['groupid', 'group.id'],
    ['autooffset.reset', 'auto.offset.reset'],
    ['fetch.size', 'max.partition.fetch.bytes'],
    ['fetch.message.max.bytes', 'max.partition.fetch.bytes'],
    ['fetch.wait.max.ms', 'fetch.max.wait.ms'],
    ['socket.timeout.ms', 'request.timeout.ms'],
    ['refresh.leader.backoff.ms', 'retry.backoff.ms'],
  ]),
  renamedValues: {
    'auto.offset.reset': new Map([
      ['smallest', 'earliest'],
      ['largest', 'latest'],
    ]),
  },
  uselessness: (name) => {
    if (ofZooKeeper.test(name)) return noZooKeeper;
    if (goneConsumers.has(name)) return "steered Kafka's old consumers and has no meaning any more";
    if (ofAutoCommit.test(name)) return 'has no meaning here: positions are committed with the rows';
    return undefined;
  },
};

/** What steered threads, queues and encoders of the old producer. */
const goneProducers = new Set(
  `producer.type serializer.class key.serializer.class partitioner.class compressed.topics message.send.max.retries num.retries
   queue.time queue.size queue.enqueue.timeout.ms queue.enqueueTimeout.ms queue.buffering.max.ms
   queue.buffering.max.messages batch.num.messages event.handler event.handler.props callback.handler callback.handler.props
   reconnect.interval reconnect.time.interval.ms buffer.size`.split(/\s+/),
);

/** https://kafka.apache.org/08/documentation/#producerconfigs */
const oldProducers: OldProperties = {
  of: 'producers',
  renamed: new Map([
    ['metadata.broker.list', 'bootstrap.servers'],
    ['request.required.acks', 'acks'],
    ['topic.metadata.refresh.interval.ms', 'metadata.max.age.ms'],
    ['max.message.size', 'max.request.size'],
    ['connect.timeout.ms', 'socket.connection.setup.timeout.ms'],
    ['socket.timeout.ms', 'request.timeout.ms'],
  ]),
  renamedValues: {},
  uselessness: (name) => {
    if (ofZooKeeper.test(name) || name === 'broker.list') return noZooKeeper;
    return goneProducers.has(name) ? "steered Kafka's old producers and has no meaning any more" : undefined;
  },
};

/** Of a consumer. A property under its name of today has precedence over one under an old name. */
export const modernKafkaProperties = (given: Readonly<Record<string, unknown>>) => modernised(given, oldConsumers);

/** The same of a producer. */
export const modernProducerProperties = (given: Readonly<Record<string, unknown>>) => modernised(given, oldProducers);

function modernised(given: Readonly<Record<string, unknown>>, old: OldProperties): ModernProperties {
  const warnings: string[] = [];
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const useless = old.uselessness(name);
    if (useless !== undefined) {
      warnings.push(`'${name}' ${useless}; it can be left out`);
      continue;
    }
    const today = old.renamed.get(name) ?? name;
    if (today !== name && today in given) {
      warnings.push(`'${name}' is the old name of '${today}', which is there as well and counts; it can be left out`);
      continue;
    }
    const newValue = old.renamedValues[today]?.get(value);
    if (today !== name || newValue !== undefined) {
      const shown = newValue === undefined ? '' : ` with the value '${newValue}'`;
      const written = newValue === undefined ? `'${name}'` : `'${name}' = '${String(value)}'`;
      warnings.push(`${written} is of Kafka's old ${old.of}; it is read as '${today}'${shown}`);
    }
    properties[today] = newValue ?? value;
  }
  return { properties, warnings };
}

/**
 * Why the brokers cannot be found, when the properties do not say where they are.
 * @param name how the property is to be written where these stand, such as `kafka.bootstrap.servers`
 */
export function missingBrokers({ properties }: ModernProperties, name: string): string | undefined {
  const servers = properties['bootstrap.servers'];
  if (typeof servers === 'string' && servers.trim() !== '') return undefined;
  return `expected '${name}', the addresses of Kafka's brokers such as "localhost:9092": ZooKeeper is not asked for them any more`;
}
