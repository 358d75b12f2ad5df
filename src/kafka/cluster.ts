/** A Kafka cluster: what it has, what was written there, and a place to write to. */
import { MillraceError } from '../errors.ts';
import { Admin } from './admin/admin.ts';
import type { Assignment } from './assignment.ts';
import { batchesReader } from './batches-reader.ts';
import { type ClusterConfig, type FetchSettings, parseConfig } from './config.ts';
import { type Address, type BrokerConnection, Connections } from './connections.ts';
import type { FetchedBatches, ReadAnswer } from './fetched.ts';
import { Fetcher } from './fetcher.ts';
import { ConsumerGroup, type GroupOptions } from './group.ts';
import { fetchOffsets, findCoordinator, type GroupOffset } from './group-requests.ts';
import { initProducerId, type ProducerIdentity } from './init-producer-id.ts';
import { leaderOf } from './leader.ts';
import { type ListedOffset, listOffsets, type OffsetTime } from './list-offsets.ts';
import { type ClusterMetadata, readMetadata, type TopicPartition } from './metadata.ts';
import { type ProducedBatch, type ProducePartition, type ProduceSettings, produce } from './produce.ts';
import { Producer } from './producer.ts';
import type { ProducerSettings } from './producer-config.ts';
import type { KafkaProperties } from './properties.ts';
import { brokerError, errorCodes } from './protocol-errors.ts';
import { addPartitions, createTopic, type NewTopic } from './topics.ts';
import { findTransactionCoordinator } from './transaction-requests.ts';
import { TransactionalProducer } from './transactional-producer.ts';
import { valuesReader } from './values-reader.ts';

/**
 * A cluster at these properties (`bootstrap.servers`, `security.protocol`, `sasl.*`, `fetch.*` …, as Java's clients name
 * them). Nothing is connected before the first request.
 * @throws MillraceError `invalidInput` or `unsupported` for a property that cannot be.
 */
export function openCluster(properties: KafkaProperties): Cluster {
  return new Cluster(parseConfig(properties));
}

export class Cluster implements AsyncDisposable {
  /** Groups, configurations and access. */
  readonly admin: Admin;
  readonly #config: ClusterConfig;
  readonly #connections: Connections;
  readonly #fetchers = new Set<Fetcher<unknown>>();
  readonly #producers = new Set<Producer | TransactionalProducer>();
  /** All that were ever heard of: any of them can tell of the others. */
  #brokers: ReadonlyMap<number, Address> = new Map();

  constructor(config: ClusterConfig) {
    this.#config = config;
    this.#connections = new Connections(config.clientId, config.connection);
    this.admin = new Admin({
      any: (request) => this.#askAny(request),
      each: (request) => this.#askEach(request),
      coordinator: async (groupId, request) => request(await this.#connections.to(await this.coordinator(groupId))),
    });
  }

  /**
   * Brokers, topics, partitions and their leaders, as they are now. Topics that do not exist have errorCode 3.
   * @param topics their names, or a pattern that the whole name has to match; internal topics match no pattern.
   * @throws MillraceError `unavailable` when no broker answers, with the reason.
   */
  async metadata(topics: readonly string[] | RegExp): Promise<ClusterMetadata> {
    const isPattern = topics instanceof RegExp;
    const metadata = await this.#askAny((connection) => readMetadata(connection, isPattern ? undefined : topics));
    this.#brokers = metadata.brokers;
    if (!isPattern) return metadata;
    const whole = new RegExp(`^(?:${topics.source})$`, topics.flags.replace(/[gy]/g, ''));
    const matching = metadata.topics.filter(({ topic, isInternal }) => !isInternal && whole.test(topic));
    return { ...metadata, topics: matching };
  }

  /**
   * Where the partitions begin or end, or the first offset at or after a time, in the order asked.
   * @throws MillraceError `unavailable`: no broker answers, a topic does not exist, a partition has no leader.
   */
  async listOffsets(partitions: readonly TopicPartition[], time: OffsetTime): Promise<ListedOffset[]> {
    const listed = await this.#askLeaders(partitions, (connection, led) =>
      listOffsets(connection, led, time, this.#config.fetch.isolation),
    );
    return inOrder(partitions, listed.flat());
  }

  /**
   * Reads the partitions from these offsets on, for as long as it is iterated over. More can be assigned, and others
   * taken away, at any time.
   */
  fetch(assignments: readonly Assignment[], settings: Partial<FetchSettings> = {}): Fetcher {
    const all = { ...this.#config.fetch, ...settings };
    return this.#fetcher(assignments, all, valuesReader(all));
  }

  /** As {@link fetch}, but record batches as they lie in the logs, for whoever passes them on. */
  fetchBatches(assignments: readonly Assignment[], settings: Partial<FetchSettings> = {}): Fetcher<FetchedBatches> {
    const all = { ...this.#config.fetch, ...settings };
    return this.#fetcher(assignments, all, batchesReader(all.isolation));
  }

  /**
   * Appends record batches as they are (see encodeBatch), one for each partition.
   * @returns where they were appended, in the order asked; errors of Kafka are in `errorCode`.
   * @throws MillraceError `unavailable` when a leader does not answer: they may have been appended, or not.
   */
  async produce(batches: readonly ProducePartition[], settings: ProduceSettings = {}): Promise<ProducedBatch[]> {
    const produced = await this.#askLeaders(batches, (connection, led) => produce(connection, led, settings));
    return inOrder(
      batches,
      produced.flatMap((one) => one.batches),
    );
  }

  /**
   * A place to write to that tries for as long as `delivery.timeout.ms` says, and appends each batch once and in order.
   * @param settings other ones than those of the properties; `maxInFlight` may then be more than 5, for a distant cluster.
   */
  producer(settings: Partial<ProducerSettings> = {}): Producer {
    const { clientId, connection, produce: configured } = this.#config;
    // Connections of its own: a broker answers in order, and a batch waits for its replicas.
    const producer = new Producer(this, new Connections(clientId, connection), { ...configured, ...settings });
    this.#producers.add(producer);
    producer.closed.addEventListener('abort', () => this.#producers.delete(producer), { once: true });
    return producer;
  }

  /**
   * A place to write to in transactions, under a lasting id by which a successor takes them over. Begins with `init()`. Needs Kafka 2.8.
   * @param timeoutMs after how long without an end the cluster aborts a transaction; at most its `transaction.max.timeout.ms`. Until then
   * readers wait for what a producer that is gone left open, unless a successor is there before.
   */
  transactional(transactionalId: string, { timeoutMs }: { readonly timeoutMs: number }): TransactionalProducer {
    const { clientId, connection, produce: settings } = this.#config;
    const producer = new TransactionalProducer({
      cluster: this,
      connections: new Connections(clientId, connection),
      transactional: { id: transactionalId, timeoutMs },
      settings,
    });
    this.#producers.add(producer);
    producer.closed.addEventListener('abort', () => this.#producers.delete(producer), { once: true });
    return producer;
  }

  /** Who coordinates the transactions of this id. @throws MillraceError `unavailable` when there is none now. */
  transactionCoordinator(transactionalId: string): Promise<Address> {
    return this.#askAny((connection) => findTransactionCoordinator(connection, transactionalId));
  }

  /** By what brokers know a new producer. @throws MillraceError `unavailable` when none can say it now. */
  producerIdentity(): Promise<ProducerIdentity> {
    return this.#askAny(initProducerId);
  }

  /**
   * False when there is a topic of that name already, which stays as it is.
   * @throws MillraceError `unavailable` when Kafka does not create it, with the reason.
   */
  createTopic(topic: NewTopic): Promise<boolean> {
    return this.#askController((connection) => createTopic(connection, topic));
  }

  /**
   * Raises a topic's number of partitions. False when it has as many or more.
   * @throws MillraceError `unavailable` when Kafka does not, with the reason.
   */
  addPartitions(topic: string, partitions: number): Promise<boolean> {
    return this.#askController((connection) => addPartitions(connection, topic, partitions));
  }

  /** What the group has committed of these partitions, those where it has. */
  async committedOffsets(groupId: string, partitions: readonly TopicPartition[]): Promise<GroupOffset[]> {
    const connection = await this.#connections.to(await this.coordinator(groupId));
    return fetchOffsets(connection, groupId, partitions);
  }

  /** A member of a consumer group, as soon as its generations are iterated over. */
  group(options: Pick<GroupOptions, 'settings' | 'topics' | 'onTrouble'>): ConsumerGroup {
    const { clientId, connection } = this.#config;
    return new ConsumerGroup({ ...options, cluster: this, clientId, connection });
  }

  /** @throws MillraceError `unavailable` when there is none now. */
  coordinator(groupId: string): Promise<Address> {
    return this.#askAny((connection) => findCoordinator(connection, groupId));
  }

  /** Producers first write what they were given. */
  async close(): Promise<void> {
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    await Promise.all([...this.#fetchers].map((fetcher) => fetcher.close()));
    await this.#connections.close();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  #fetcher<Item>(assignments: readonly Assignment[], settings: FetchSettings, read: ReadAnswer<Item>): Fetcher<Item> {
    const { clientId, connection } = this.#config;
    // Connections of its own: a broker answers in order, and a fetch may wait for long.
    const fetcher = new Fetcher(this, new Connections(clientId, connection), settings, read);
    this.#fetchers.add(fetcher);
    fetcher.closed.addEventListener('abort', () => this.#fetchers.delete(fetcher), { once: true });
    fetcher.assign(assignments);
    return fetcher;
  }

  async #askAny<Answer>(ask: (connection: BrokerConnection) => Promise<Answer>): Promise<Answer> {
    const failures: MillraceError[] = [];
    for (const address of [...this.#brokers.values(), ...this.#config.bootstrap]) {
      try {
        return await ask(await this.#connections.to(address));
      } catch (error) {
        if (!(error instanceof MillraceError) || error.code !== 'unavailable') throw error;
        failures.push(error);
      }
    }
    throw noneAnswers(failures);
  }

  async #askEach<Answer>(ask: (connection: BrokerConnection) => Promise<Answer>): Promise<Answer[]> {
    const { brokers } = await this.metadata([]);
    return Promise.all([...brokers.values()].map(async (address) => ask(await this.#connections.to(address))));
  }

  async #askController<Answer>(ask: (connection: BrokerConnection) => Promise<Answer>): Promise<Answer> {
    const { controller, brokers } = await this.metadata([]);
    const address = controller === undefined ? undefined : brokers.get(controller);
    if (address === undefined) throw brokerError('the controller', errorCodes.notController);
    return ask(await this.#connections.to(address));
  }

  async #askLeaders<Partition extends TopicPartition, Answer>(
    partitions: readonly Partition[],
    ask: (connection: BrokerConnection, led: readonly Partition[]) => Promise<Answer>,
  ): Promise<Answer[]> {
    const metadata = await this.metadata([...new Set(partitions.map(({ topic }) => topic))]);
    const byLeader = Map.groupBy(partitions, (partition) => {
      const leader = leaderOf(metadata, partition);
      if ('address' in leader) return leader.address;
      throw brokerError(`${partition.topic}-${partition.partition}`, leader.errorCode);
    });
    return Promise.all([...byLeader].map(async ([address, led]) => ask(await this.#connections.to(address), led)));
  }
}

/** What was tried: a broker may be known by several addresses, and each fails in its own way. */
function noneAnswers(failures: readonly MillraceError[]): MillraceError {
  const messages = [...new Set(failures.map(({ message }) => message))];
  const last = failures.at(-1);
  return new MillraceError('unavailable', messages.join('; '), { cause: last, context: last?.context ?? {} });
}

function inOrder<Answer extends TopicPartition>(
  asked: readonly TopicPartition[],
  answers: readonly Answer[],
): Answer[] {
  return asked.map(
    ({ topic, partition }) =>
      answers.find((answer) => answer.topic === topic && answer.partition === partition) as Answer,
  );
}
