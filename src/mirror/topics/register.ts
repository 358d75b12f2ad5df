/**
 * A flow's register: a compacted topic on the target that says of each remote topic what its records are. By the registers that are on
 * a cluster everybody knows which of its topics come from elsewhere. Both halves of a record are JSON, so that Kafka's own tools show them.
 *
 *     key    "A.events"          the remote topic
 *     value  {"topic":"events","topicId":"…","remoteTopicId":"…","clusters":["…"]}      null: it is not mirrored by this flow
 */
import { type BatchRecord, type Cluster, encodeBatch, readToEnd } from '../../kafka/index.ts';
import { safeFlowName } from '../ledger/ledger-topic.ts';
import { ensureOwnTopic } from '../own-topic.ts';

/** No register is mirrored. */
export const registerPrefix = 'millrace-mirror-topics.';

export const registerOf = (flow: string): string => `${registerPrefix}${safeFlowName(flow)}`;

export interface RegisterEntry {
  /** On the cluster that has the register. */
  readonly remoteTopic: string;
  /** The source topic's name and id; without an id before Kafka 2.8. */
  readonly topic: string;
  readonly topicId?: string | undefined;
  /** Of the topic that got its records; none until there was one. */
  readonly remoteTopicId?: string | undefined;
  /** The ids of the clusters that the records came through, the nearest first. */
  readonly clusters: readonly string[];
}

/** What one register says of a topic. */
export interface Registered extends RegisterEntry {
  readonly register: string;
}

const mostRecordsInBatch = 500;

/**
 * What these registers say, one after the other.
 * @throws MillraceError `unavailable`
 */
export async function readRegisters(
  cluster: Cluster,
  registers: readonly string[],
  signal: AbortSignal,
): Promise<Registered[]> {
  const entries = new Map<string, Registered>();
  const partitions = registers.map((topic) => ({ topic, partition: 0 }));
  const columns = { timestamp: 'timestamp', topic: 'register', key: 'key', value: 'value' };
  for await (const { values } of readToEnd(cluster, partitions, { columns, signal })) {
    const lines = Buffer.from(values).toString().split('\n');
    for (const line of lines.filter((text) => text !== '')) {
      const { register, key, value } = JSON.parse(line) as Line;
      const id = `${register} ${key}`;
      if (value === undefined) entries.delete(id);
      else entries.set(id, { ...(JSON.parse(value) as Value), remoteTopic: JSON.parse(key) as string, register });
    }
  }
  return [...entries.values()];
}

interface Line {
  readonly register: string;
  readonly key: string;
  readonly value?: string;
}

type Value = Omit<RegisterEntry, 'remoteTopic'>;

/**
 * Writes entries, and takes back those of other remote topics; creates the register unless it is there.
 * @param replicationFactor a cluster of fewer brokers has as many copies as brokers.
 * @throws MillraceError `unavailable` when not all were written.
 */
export async function writeRegister(
  cluster: Cluster,
  { register, replicationFactor }: { readonly register: string; readonly replicationFactor: number },
  {
    entries = [],
    withdrawn = [],
  }: { readonly entries?: readonly RegisterEntry[]; readonly withdrawn?: readonly string[] },
): Promise<void> {
  const records = [...entries.map(recordOf), ...withdrawn.map((topic) => ({ key: jsonBytes(topic), value: null }))];
  if (records.length === 0) return;
  await ensureOwnTopic(cluster, { name: register, partitions: 1, replicationFactor });
  await using producer = cluster.producer();
  for (let at = 0; at < records.length; at += mostRecordsInBatch) {
    const batch = encodeBatch(records.slice(at, at + mostRecordsInBatch), { timestamp: Date.now() });
    await producer.send(register, 0, batch);
  }
}

const recordOf = ({ remoteTopic, ...value }: RegisterEntry): BatchRecord => ({
  key: jsonBytes(remoteTopic),
  value: jsonBytes(value),
});

const jsonBytes = (value: unknown) => Buffer.from(JSON.stringify(value));
