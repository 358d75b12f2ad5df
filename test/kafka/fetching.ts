/** What the tests against a real broker have in common. */
import { randomBytes } from 'node:crypto';
import { after } from 'node:test';
import {
  type Assignment,
  type Cluster,
  type FetchSettings,
  openCluster,
  type PartitionProblem,
  type PartitionValues,
} from '../../src/kafka/index.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { sharedKafka } from '../services/on-demand.ts';

/** A cluster, and Kafka's own clients, for one test file. */
export async function kafkaForTests(): Promise<{ cluster: Cluster; scribe: Scribe; bootstrapServers: string }> {
  const { bootstrapServers, release } = await sharedKafka();
  const scribe = new Scribe(bootstrapServers);
  const cluster = openCluster({ 'bootstrap.servers': bootstrapServers });
  after(async () => {
    await cluster.close();
    await scribe.stop();
    await release();
  });
  return { cluster, scribe, bootstrapServers };
}

export const newTopicName = (name: string) => `${name}-${randomBytes(4).toString('hex')}`;

/** Transactions of one producer, one after the other: A(3) aborted, B(2) committed, C(4) aborted, D(1) committed. */
export async function writeTransactions(scribe: Scribe, topic: string): Promise<void> {
  await scribe.openProducer(topic, { 'transactional.id': topic });
  for (const [name, count, end] of [
    ['A', 3, scribe.abort],
    ['B', 2, scribe.commit],
    ['C', 4, scribe.abort],
    ['D', 1, scribe.commit],
  ] as const) {
    await scribe.begin(topic);
    await scribe.fill(topic, topic, count, name);
    await scribe.flush(topic);
    await end(topic);
  }
  await scribe.marked(topic);
}

export interface Collected {
  /** In the order they came. */
  readonly lines: string[];
  /** What came, without the lines. */
  readonly batches: Omit<PartitionValues, 'values'>[];
  problem?: PartitionProblem;
}

/** Reads the partitions up to the ends that they have when it begins, or to the first problem. */
export async function readToEnd(
  cluster: Cluster,
  assignments: readonly Assignment[],
  settings: Partial<FetchSettings> = {},
): Promise<Collected> {
  const ends = await cluster.listOffsets(assignments, 'latest');
  const unread = new Map(ends.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset as number]));
  for (const { topic, partition, offset } of assignments) {
    if (offset === unread.get(`${topic}-${partition}`)) unread.delete(`${topic}-${partition}`);
  }
  const collected: Collected = { lines: [], batches: [] };
  if (unread.size === 0) return collected;
  await using fetcher = cluster.fetch(assignments, settings);
  for await (const fetched of fetcher) {
    if (fetched.kind === 'problem') return { ...collected, problem: fetched };
    take(collected, fetched);
    const key = `${fetched.topic}-${fetched.partition}`;
    if (fetched.nextOffset >= (unread.get(key) ?? 0)) unread.delete(key);
    if (unread.size === 0) break;
  }
  return collected;
}

export function take(collected: Collected, { values, ...batch }: PartitionValues): void {
  for (const line of Buffer.from(values).toString().split('\n').slice(0, -1)) collected.lines.push(line);
  collected.batches.push(batch);
}

export const total = (collected: Collected, what: 'records' | 'tombstones' | 'aborted') =>
  collected.batches.reduce((sum, batch) => sum + batch[what], 0);

/** `<prefix>0`, `<prefix>1`, …: what Scribe.fill writes. */
export const filled = (prefix: string, count: number, from = 0) =>
  Array.from({ length: count - from }, (_, i) => `${prefix}${from + i}`);
