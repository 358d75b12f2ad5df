/**
 * How far a MirrorMaker 2 was that mirrored a flow before. Kafka Connect, on which it stands, keeps that in a compacted topic on the target:
 *
 *     key    ["MirrorSourceConnector",{"cluster":"A","partition":0,"topic":"events"}]     A is the source's alias
 *     value  {"offset":4710}     of the last record that was written; null: forgotten
 *
 * MirrorUtils and MirrorSourceTask of https://github.com/apache/kafka/tree/trunk/connect/mirror
 */
import { MillraceError } from '../errors.ts';
import {
  brokerError,
  type Cluster,
  errorCodes,
  openCluster,
  partitionKey,
  type RecordColumns,
  readToEnd,
  type TopicPartition,
} from '../kafka/index.ts';
import type { Logger } from '../observe/log.ts';
import type { MirrorFlow } from './flow-settings.ts';

const columns: RecordColumns = { timestamp: 'timestamp', topic: 'topic', key: 'key', value: 'value' };

export class FormerMirror {
  readonly #flow: MirrorFlow;
  readonly #target: Cluster;
  readonly #log: Logger;
  #next: Promise<ReadonlyMap<string, number>> | undefined;

  constructor(flow: MirrorFlow, target: Cluster, { log }: { readonly log: Logger }) {
    this.#flow = flow;
    this.#target = target;
    this.#log = log;
  }

  /**
   * By {@link partitionKey} of the source: the first offset that was not mirrored. It is read once: from then on the partitions are ours.
   * @throws MillraceError `unavailable` when the target does not answer, or MirrorMaker 2 has a transaction open; it is read the next time.
   */
  next(): Promise<ReadonlyMap<string, number>> {
    this.#next ??= this.#read().catch((error) => {
      this.#next = undefined;
      throw error;
    });
    return this.#next;
  }

  async #read(): Promise<ReadonlyMap<string, number>> {
    const { formerOffsetsTopic, source } = this.#flow;
    const next = new Map<string, number>();
    if (formerOffsetsTopic === undefined) return next;
    const partitions = await this.#partitionsOf(formerOffsetsTopic);
    if (partitions.length === 0) return next;
    await this.#checkDecided(partitions);
    /** Of each connector's own key the last record counts. */
    const offsets = new Map<string, ConnectOffset>();
    for await (const { values } of readToEnd(this.#target, partitions, { columns })) {
      for (const line of Buffer.from(values).toString().split('\n')) {
        const offset = line === '' ? undefined : readOffset(line);
        if (offset?.cluster === source.alias) offsets.set(offset.key, offset);
      }
    }
    for (const { topic, partition, offset } of offsets.values()) {
      if (offset === undefined) continue;
      const key = partitionKey(topic, partition);
      // Of two connectors the one that is less far: better a record twice than one never.
      next.set(key, Math.min(next.get(key) ?? Infinity, offset + 1));
    }
    return next;
  }

  /** None where there is no such topic, or the target does not let it be seen. */
  async #partitionsOf(topic: string): Promise<readonly TopicPartition[]> {
    const [found] = (await this.#target.metadata([topic])).topics;
    const errorCode = found?.errorCode ?? errorCodes.unknownTopicOrPartition;
    if (errorCode === errorCodes.none) return found?.partitions.map(({ partition }) => ({ topic, partition })) ?? [];
    if (errorCode === errorCodes.unknownTopicOrPartition) return [];
    const error = brokerError(`topic '${topic}' of ${this.#flow.target.alias}`, errorCode);
    if (error.context.kafkaError !== 'TOPIC_AUTHORIZATION_FAILED') throw error;
    // Kafka says so also of a topic that there is not.
    this.#log.warn(
      { topic },
      'whether a MirrorMaker 2 has mirrored this before is not known, as the topic may not be read',
    );
    return [];
  }

  /** One exactly-once MirrorMaker's transaction that is open hides what others wrote behind it. */
  async #checkDecided(partitions: readonly TopicPartition[]): Promise<void> {
    await using whole = openCluster({ ...this.#flow.target.properties, 'isolation.level': 'read_uncommitted' });
    const decided = await this.#target.listOffsets(partitions, 'latest');
    const ends = await whole.listOffsets(partitions, 'latest');
    const open = ends.find(({ offset }, at) => (offset ?? 0) > (decided[at]?.offset ?? 0));
    if (open === undefined) return;
    throw new MillraceError(
      'unavailable',
      `MirrorMaker 2 has a transaction open in '${open.topic}' of ${this.#flow.target.alias}: stop it, and the mirror goes on where it was; that of one that was killed ends by itself, in a minute by default`,
    );
  }
}

interface ConnectOffset {
  readonly key: string;
  /** The source's alias. */
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  /** Undefined: forgotten. */
  readonly offset: number | undefined;
}

/** Undefined for what is of other connectors, MirrorMaker 2's own for groups and heartbeats among them. */
function readOffset(line: string): ConnectOffset | undefined {
  const { key, value } = JSON.parse(line) as { readonly key?: string; readonly value?: string };
  const [, place] = asArray(parsed(key));
  if (!isObject(place)) return undefined;
  const { cluster, topic, partition } = place;
  if (typeof cluster !== 'string' || typeof topic !== 'string' || typeof partition !== 'number') return undefined;
  const stored = parsed(value);
  const offset = isObject(stored) && typeof stored.offset === 'number' ? stored.offset : undefined;
  return { key: key as string, cluster, topic, partition, offset };
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}

const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
