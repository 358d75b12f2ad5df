/**
 * Properties of Kafka's old consumers (0.7 and 0.8, which asked ZooKeeper) as those of today's. Each old one is told of once.
 * https://kafka.apache.org/08/documentation/#consumerconfigs
 * https://kafka.apache.org/documentation/#consumerconfigs
 */

export interface ModernProperties {
  /** As given, the old ones renamed or left out. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** One for each old property or value, in the order in which they are given. */
  readonly warnings: readonly string[];
}

/** Old name → today's. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['metadata.broker.list', 'bootstrap.servers'],
  ['groupid', 'group.id'],
  ['autooffset.reset', 'auto.offset.reset'],
  ['fetch.size', 'max.partition.fetch.bytes'],
  ['fetch.message.max.bytes', 'max.partition.fetch.bytes'],
  ['fetch.wait.max.ms', 'fetch.max.wait.ms'],
  ['socket.timeout.ms', 'request.timeout.ms'],
  ['refresh.leader.backoff.ms', 'retry.backoff.ms'],
]);

const ofZooKeeper = /^(?:zookeeper|zk)\./;

/** What steered threads, buffers and rebalancing of the old consumer. */
const gone = new Set(
  `consumer.id consumerid consumer.timeout.ms socket.buffersize socket.receive.buffer.bytes num.consumer.fetchers
   queued.max.message.chunks queuedchunks.max rebalance.max.retries rebalance.retries.max rebalance.backoff.ms backoff.increment.ms
   offsets.storage offsets.channel.backoff.ms offsets.channel.socket.timeout.ms offsets.commit.max.retries dual.commit.enabled`.split(
    /\s+/,
  ),
);

/** Whether positions are committed by the consumer: here they are committed with the rows, whatever is said. */
const ofAutoCommit = /^(?:auto\.?commit\.|enable\.auto\.commit$)/;

const renamedValues: Readonly<Record<string, ReadonlyMap<unknown, string>>> = {
  'auto.offset.reset': new Map([
    ['smallest', 'earliest'],
    ['largest', 'latest'],
  ]),
};

/** A property under its name of today has precedence over one under an old name. */
export function modernKafkaProperties(given: Readonly<Record<string, unknown>>): ModernProperties {
  const warnings: string[] = [];
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const useless = uselessness(name);
    if (useless !== undefined) {
      warnings.push(`'${name}' ${useless}; it can be left out`);
      continue;
    }
    const today = renamed.get(name) ?? name;
    if (today !== name && today in given) {
      warnings.push(`'${name}' is the old name of '${today}', which is there as well and counts; it can be left out`);
      continue;
    }
    const newValue = renamedValues[today]?.get(value);
    if (today !== name || newValue !== undefined) {
      const shown = newValue === undefined ? '' : ` with the value '${newValue}'`;
      const old = newValue === undefined ? `'${name}'` : `'${name}' = '${String(value)}'`;
      warnings.push(`${old} is of Kafka's old consumers; it is read as '${today}'${shown}`);
    }
    properties[today] = newValue ?? value;
  }
  return { properties, warnings };
}

function uselessness(name: string): string | undefined {
  if (ofZooKeeper.test(name)) return 'is about ZooKeeper, which is not asked any more';
  if (gone.has(name)) return "steered Kafka's old consumers and has no meaning any more";
  if (ofAutoCommit.test(name)) return 'has no meaning here: positions are committed with the rows';
  return undefined;
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
