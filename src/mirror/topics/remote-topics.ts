/** The topics on the target that a flow writes to: created as their sources are, and grown with them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../../errors.ts';
import type { Cluster, ClusterMetadata, TopicMetadata } from '../../kafka/index.ts';
import type { MirrorFlow } from '../flow-settings.ts';
import { severalAtATime } from '../several-at-a-time.ts';
import { changesOf, configsOfNew } from './copied-configs.ts';
import type { MirroredTopic, TopicProblem } from './mirrored-topic.ts';

export interface RemoteTopicsOptions {
  readonly flow: MirrorFlow;
  readonly source: Cluster;
  readonly target: Cluster;
}

/** How many topics are created at a time. */
const atATime = 16;
const visibleMs = { poll: 50, most: 10_000 };
/** https://kafka.apache.org/documentation/#topicconfigs_max.message.bytes */
const maxMessageBytes = { name: 'max.message.bytes', byDefault: 1_048_588 };

export class RemoteTopics {
  readonly #options: RemoteTopicsOptions;

  constructor(options: RemoteTopicsOptions) {
    this.#options = options;
  }

  /** What the target has of these topics. @param others more topics of the target. */
  describe(sources: readonly TopicMetadata[], others: readonly string[] = []): Promise<ClusterMetadata> {
    return this.#options.target.metadata([...others, ...sources.map(({ topic }) => this.#remoteOf(topic))]);
  }

  /**
   * Creates and grows what is not as it should be on the target.
   * @param target what is there of them.
   * @throws MillraceError `unavailable` when a cluster does not answer; what it answers about single topics is a problem.
   */
  async ensure(
    sources: readonly TopicMetadata[],
    target: ClusterMetadata,
  ): Promise<{ topics: MirroredTopic[]; problems: TopicProblem[] }> {
    const before = byName(target);
    const missing = sources.filter(({ topic }) => !before.has(this.#remoteOf(topic)));
    const short = sources.filter(({ topic, partitions }) => {
      const remote = before.get(this.#remoteOf(topic));
      return remote !== undefined && remote.partitions.length < partitions.length;
    });
    const problems = [...(await this.#create(missing)), ...(await this.#grow(short))];
    const refused = new Set(problems.map(({ topic }) => topic));
    const changed = [...missing, ...short].filter(({ topic }) => !refused.has(topic));
    const remotes = changed.length > 0 ? await this.#afterChanges(sources, changed) : before;
    return { topics: await this.#mirrored(sources, remotes), problems };
  }

  /** Makes the configuration of remote topics follow their sources'. @returns what Kafka refused. */
  async configure(topics: readonly MirroredTopic[]): Promise<MillraceError[]> {
    const { flow, source, target } = this.#options;
    const [ours, theirs] = await Promise.all([
      source.admin.topicConfigs(topics.map(({ topic }) => topic)),
      target.admin.topicConfigs(topics.map(({ remoteTopic }) => remoteTopic)),
    ]);
    const changes = topics.flatMap(({ topic, remoteTopic }) => {
      const from = ours.get(topic);
      const to = theirs.get(remoteTopic);
      if (!isList(from) || !isList(to)) return [];
      const changed = changesOf(from, to, flow.topicSync);
      return Object.keys(changed).length === 0 ? [] : [[remoteTopic, changed] as const];
    });
    const answers = await target.admin.alterTopicConfigs(new Map(changes));
    return [...ours.values(), ...theirs.values(), ...answers.values()].filter((one) => one instanceof MillraceError);
  }

  #remoteOf(topic: string): string {
    return this.#options.flow.policy.remoteTopic(topic);
  }

  /** Brokers hear of what was created one after the other; who begins with half of it begins the rest as what came later. */
  async #afterChanges(sources: readonly TopicMetadata[], changed: readonly TopicMetadata[]) {
    for (const giveUpAt = Date.now() + visibleMs.most; ; await sleep(visibleMs.poll)) {
      const remotes = byName(await this.describe(sources));
      const isSeen = changed.every(({ topic, partitions }) => {
        const remote = remotes.get(this.#remoteOf(topic));
        return remote !== undefined && remote.partitions.length >= partitions.length;
      });
      if (isSeen || Date.now() > giveUpAt) return remotes;
    }
  }

  async #create(sources: readonly TopicMetadata[]): Promise<TopicProblem[]> {
    const { flow, source, target } = this.#options;
    const { replicationFactor } = flow.topicSync;
    const described = await source.admin.topicConfigs(sources.map(({ topic }) => topic));
    return this.#forEach(sources, async ({ topic, partitions }) => {
      const found = described.get(topic);
      if (!isList(found)) throw found ?? new MillraceError('unavailable', `nothing is known of topic '${topic}'`);
      const configs = configsOfNew(found, flow.topicSync);
      const name = this.#remoteOf(topic);
      await target.createTopic({ name, partitions: partitions.length, replicationFactor, configs });
    });
  }

  #grow(sources: readonly TopicMetadata[]): Promise<TopicProblem[]> {
    return this.#forEach(sources, async ({ topic, partitions }) => {
      await this.#options.target.addPartitions(this.#remoteOf(topic), partitions.length);
    });
  }

  /** @returns what Kafka refused. @throws MillraceError where it did not answer. */
  async #forEach(
    sources: readonly TopicMetadata[],
    change: (source: TopicMetadata) => Promise<void>,
  ): Promise<TopicProblem[]> {
    const problems: TopicProblem[] = [];
    await severalAtATime(atATime, sources, async (source) => {
      try {
        await change(source);
      } catch (error) {
        if (!(error instanceof MillraceError) || error.context.kafkaError === undefined) throw error;
        const remoteTopic = this.#remoteOf(source.topic);
        problems.push({ kind: 'refused', topic: source.topic, remoteTopic, error: withAdvice(error) });
      }
    });
    return problems;
  }

  async #mirrored(
    sources: readonly TopicMetadata[],
    remotes: ReadonlyMap<string, TopicMetadata>,
  ): Promise<MirroredTopic[]> {
    const { name, byDefault } = maxMessageBytes;
    const there = sources.map(({ topic }) => this.#remoteOf(topic)).filter((remoteTopic) => remotes.has(remoteTopic));
    const sizes = await this.#options.target.admin.topicConfigs(there, [name]);
    return sources.flatMap(({ topic, topicId, partitions }) => {
      const remote = remotes.get(this.#remoteOf(topic));
      if (remote === undefined) return [];
      const size = sizes.get(remote.topic);
      return {
        topic,
        topicId,
        partitions: Math.min(partitions.length, remote.partitions.length),
        remoteTopic: remote.topic,
        remoteTopicId: remote.topicId,
        targetMaxMessageBytes: Number((isList(size) ? size[0]?.value : undefined) ?? byDefault),
      };
    });
  }
}

/** MirrorMaker 2 asks for two replicas unless it is told otherwise, which one broker does not give. */
function withAdvice(error: MillraceError): MillraceError {
  if (error.context.kafkaError !== 'INVALID_REPLICATION_FACTOR') return error;
  const { message, code, context } = error;
  return new MillraceError(code, `${message} Set replication.factor to what the target can hold.`, {
    cause: error,
    context,
  });
}

/** Those that there are. */
const byName = ({ topics }: ClusterMetadata): ReadonlyMap<string, TopicMetadata> =>
  new Map(topics.filter(({ partitions }) => partitions.length > 0).map((topic) => [topic.topic, topic]));

const isList = <Item>(answer: readonly Item[] | MillraceError | undefined): answer is readonly Item[] =>
  Array.isArray(answer);
