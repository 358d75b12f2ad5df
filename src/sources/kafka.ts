/** Kafka as a stream: one topic, or all whose names match a pattern. */
import type { MillraceError } from '../errors.ts';
import {
  brokerError,
  type Cluster,
  errorCodes,
  type KafkaProperties,
  openCluster,
  type PartitionProblem,
  type RecordColumns,
} from '../kafka/index.ts';
import type { InputFormat } from '../spec/data-source.ts';
import { recordValue } from '../spec/kafka-format.ts';
import { type KafkaOrigin, originText, parseOrigin, partitionName, topicPartition } from './kafka-partition.ts';
import { problemError } from './kafka-problem.ts';
import { readBatches } from './kafka-read.ts';
import { withProvidedValues } from './provided-properties.ts';
import type { Origin, PartitionName, Stream, StreamBatch } from './stream.ts';

/** What of a supervisor's `ioConfig` says where to read. Either `topic` or `topicPattern` is there. */
export interface KafkaStreamConfig {
  readonly topic: string | null;
  /** A regular expression for whole names of topics. */
  readonly topicPattern: string | null;
  /** Kafka's, as Java's clients name them; `isolation.level` is read_committed unless it says otherwise. */
  readonly consumerProperties: KafkaProperties;
  /** How the lines will be read: by the format `kafka` they hold more of a record than its value. */
  readonly input?: InputFormat | undefined;
}

/** What of a record stands in its line, by the names that the reader looks for; undefined for the value alone. */
function recordColumns({ type, kafka }: InputFormat): RecordColumns | undefined {
  return kafka && { ...kafka, key: kafka.key?.name, value: type === 'json' ? undefined : recordValue };
}

/**
 * Connects with the first question.
 * https://druid.apache.org/docs/latest/ingestion/kafka-ingestion#io-configuration
 * @throws MillraceError `invalidInput` or `unsupported` for a property that cannot be.
 */
export function openKafkaStream(config: KafkaStreamConfig): Stream {
  return new KafkaStream(config);
}

const noOrigin: KafkaOrigin = { topicId: undefined, leaderEpoch: undefined };

class KafkaStream implements Stream {
  readonly #topics: readonly string[] | RegExp;
  readonly #cluster: Cluster;
  readonly #columns: RecordColumns | undefined;
  /** The topic's id when the partition was first seen, or when it was told that it is another one: new positions are of that topic. */
  readonly #topicIds = new Map<PartitionName, string | undefined>();

  constructor({ topic, topicPattern, consumerProperties, input }: KafkaStreamConfig) {
    this.#columns = input && recordColumns(input);
    this.#topics = topic === null ? new RegExp(topicPattern as string) : [topic];
    this.#cluster = openCluster(withProvidedValues(consumerProperties));
  }

  async partitions(): Promise<readonly PartitionName[]> {
    const { topics } = await this.#cluster.metadata(this.#topics);
    const existing = topics.filter(({ errorCode }) => errorCode !== errorCodes.unknownTopicOrPartition);
    // Without this a topic that cannot be told of now would look as if it had no partitions any more.
    for (const { topic, errorCode } of existing)
      if (errorCode !== errorCodes.none) throw brokerError(`topic '${topic}'`, errorCode);
    return existing
      .toSorted((one, other) => (one.topic < other.topic ? -1 : 1))
      .flatMap(({ topic, topicId, partitions }) =>
        partitions.map(({ partition }) => {
          const name = partitionName({ topic, partition });
          if (!this.#topicIds.has(name)) this.#topicIds.set(name, topicId);
          return name;
        }),
      );
  }

  async offsets(
    end: 'earliest' | 'latest',
    partitions: readonly PartitionName[],
  ): Promise<ReadonlyMap<PartitionName, bigint>> {
    const listed = await this.#cluster.listOffsets(partitions.map(topicPartition), end);
    return new Map(listed.map(({ offset, ...where }) => [partitionName(where), BigInt(offset as number)]));
  }

  origins(): ReadonlyMap<PartitionName, Origin> {
    return new Map(
      [...this.#topicIds].flatMap(([name, topicId]) =>
        topicId === undefined ? [] : [[name, originText({ topicId, leaderEpoch: undefined })]],
      ),
    );
  }

  async *read(
    from: ReadonlyMap<PartitionName, bigint>,
    signal: AbortSignal,
    origins: ReadonlyMap<PartitionName, Origin> = new Map(),
    onFull?: (batch: StreamBatch) => void,
  ): AsyncGenerator<StreamBatch, void, void> {
    const assignments = [...from].map(([name, offset]) => {
      const origin = origins.get(name);
      const { topicId, leaderEpoch } = origin === undefined ? noOrigin : parseOrigin(origin);
      return {
        ...topicPartition(name),
        offset: Number(offset),
        topicId: topicId ?? this.#topicIds.get(name),
        leaderEpoch,
      };
    });
    const problem = yield* readBatches(this.#cluster.fetch(assignments, { columns: this.#columns }), signal, onFull);
    if (problem) throw await this.#explain(problem);
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }

  #explain(problem: PartitionProblem): Promise<MillraceError> {
    const name = partitionName(problem);
    // Told once; whoever reads on then means the new topic.
    if (problem.reason === 'topicRecreated') this.#topicIds.set(name, problem.topicId);
    return problemError(problem, async () => {
      const [earliest, latest] = await Promise.all([this.offsets('earliest', [name]), this.offsets('latest', [name])]);
      return { earliest: earliest.get(name) as bigint, latest: latest.get(name) as bigint };
    });
  }
}
