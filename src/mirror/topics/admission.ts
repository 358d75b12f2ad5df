/**
 * Lets a flow mirror a topic, or not.
 *
 * Not one whose records were on the target before: with names that stay as they are nothing in a name tells, so the registers have to.
 * Each flow writes what it is about to do, and then looks once more what others wrote on its source, so that of two that begin at the same
 * time at least one sees the other. Nor one that took the place of another topic, whose records its remote topic holds.
 */
import { MillraceError } from '../../errors.ts';
import type { Cluster, ClusterMetadata, TopicMetadata } from '../../kafka/index.ts';
import type { MirrorFlow } from '../flow-settings.ts';
import type { MirroredTopic, TopicProblem } from './mirrored-topic.ts';
import {
  type RegisterEntry,
  type Registered,
  readRegisters,
  registerOf,
  registerPrefix,
  writeRegister,
} from './register.ts';

export interface AdmissionOptions {
  readonly flow: MirrorFlow;
  readonly source: Cluster;
  readonly target: Cluster;
}

export interface Admitted {
  readonly topics: readonly TopicMetadata[];
  readonly problems: readonly TopicProblem[];
  /** Another flow began the other way round at the same time, and both may have given way: try again in a moment. */
  readonly isContended: boolean;
}

type Registers = ReadonlyMap<string, readonly Registered[]>;

const anyRegister = new RegExp(`${RegExp.escape(registerPrefix)}.*`, 's');

export class Admission {
  /** The name of this flow's register, on the target. */
  readonly register: string;
  readonly #options: AdmissionOptions;
  /** What the register says, by remote topic. */
  readonly #own = new Map<string, RegisterEntry>();
  #ids = { source: '', target: '' };

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.register = registerOf(options.flow.name);
  }

  /**
   * @param selected topics of the source.
   * @param target what there is on the target: of the remote topics, and the register.
   * @throws MillraceError `unavailable` when a cluster does not answer.
   */
  async admit(selected: readonly TopicMetadata[], target: ClusterMetadata, signal: AbortSignal): Promise<Admitted> {
    const remotes = new Map(target.topics.map((topic) => [topic.topic, topic]));
    await this.#readOwn(remotes.get(this.register), signal);
    const before = await this.#readRegistersOfSource(target, signal);
    const judged = selected.map((topic) => ({ topic, problem: this.#problemOf(topic, remotes, before) }));
    const admitted = judged.filter(({ problem }) => problem === undefined).map(({ topic }) => topic);
    const problems = judged.flatMap(({ problem }) => problem ?? []);
    const claims = admitted.map((topic) => this.#entryOf(topic, before)).filter((entry) => !this.#isWritten(entry));
    if (claims.length === 0) return { topics: admitted, problems, isContended: false };
    await this.#write({ entries: claims });
    const after = await this.#readRegistersOfSource(target, signal);
    const met = admitted.flatMap((topic) => this.#loopOf(topic, after) ?? []);
    await this.#write({ withdrawn: met.map(({ remoteTopic }) => remoteTopic) });
    const withdrawn = new Set(met.map(({ topic }) => topic));
    const topics = admitted.filter(({ topic }) => !withdrawn.has(topic));
    return { topics, problems: [...problems, ...met], isContended: met.length > 0 };
  }

  /** Notes which remote topics are to hold the records of these topics, before the first one goes there. */
  async confirm(topics: readonly MirroredTopic[]): Promise<void> {
    const entries = topics.flatMap(({ remoteTopic, remoteTopicId }) => {
      const entry = this.#own.get(remoteTopic);
      return entry === undefined || entry.remoteTopicId === remoteTopicId ? [] : [{ ...entry, remoteTopicId }];
    });
    await this.#write({ entries });
  }

  async #readOwn(register: TopicMetadata | undefined, signal: AbortSignal): Promise<void> {
    const isThere = register !== undefined && register.partitions.length > 0;
    const entries = isThere ? await readRegisters(this.#options.target, [this.register], signal) : [];
    this.#own.clear();
    for (const { register: _, ...entry } of entries) this.#own.set(entry.remoteTopic, entry);
  }

  /** What mirrors say of topics of the source, by topic. */
  async #readRegistersOfSource({ clusterId }: ClusterMetadata, signal: AbortSignal): Promise<Registers> {
    const { flow, source } = this.#options;
    const metadata = await source.metadata(anyRegister);
    this.#ids = {
      source: metadata.clusterId ?? flow.source.alias,
      target: clusterId ?? flow.target.alias,
    };
    const registers = metadata.topics.filter(({ partitions }) => partitions.length > 0).map(({ topic }) => topic);
    return Map.groupBy(await readRegisters(source, registers, signal), ({ remoteTopic }) => remoteTopic);
  }

  #problemOf(
    topic: TopicMetadata,
    remotes: ReadonlyMap<string, TopicMetadata>,
    registers: Registers,
  ): TopicProblem | undefined {
    const remoteTopic = this.#remoteOf(topic);
    if (!this.#isAnotherTopic(topic, remotes.get(remoteTopic))) return this.#loopOf(topic, registers);
    const { source, target } = this.#options.flow;
    return problem('recreated', topic, remoteTopic, [
      `topic '${topic.topic}' of ${source.alias} was deleted and created again`,
      `'${remoteTopic}' of ${target.alias} holds the records of the former one, and gets none of the new one`,
      `delete '${remoteTopic}' there, and it is mirrored from the beginning`,
    ]);
  }

  /** Whether the remote topic got its records from another one than this. */
  #isAnotherTopic(topic: TopicMetadata, remote: TopicMetadata | undefined): boolean {
    const entry = this.#own.get(this.#remoteOf(topic));
    if (entry?.remoteTopicId === undefined || entry.remoteTopicId !== remote?.topicId) return false;
    return entry.topicId !== topic.topicId || entry.clusters[0] !== this.#ids.source;
  }

  #loopOf(topic: TopicMetadata, registers: Registers): TopicProblem | undefined {
    const { source, target } = this.#options.flow;
    const remoteTopic = this.#remoteOf(topic);
    if (this.#ids.source === this.#ids.target && remoteTopic === topic.topic) {
      return problem('loop', topic, remoteTopic, [
        `${source.alias} and ${target.alias} are the same cluster, on which '${remoteTopic}' would get its own records`,
        'mirror to another cluster, or with names that differ',
      ]);
    }
    const former = registers.get(topic.topic)?.find(({ clusters }) => clusters.includes(this.#ids.target));
    if (former === undefined) return undefined;
    return problem('loop', topic, remoteTopic, [
      `the records of '${topic.topic}' of ${source.alias} were on ${target.alias} before, says the mirror's topic '${former.register}'`,
      'mirrored back, they would go round for ever',
      `if that mirror has ended, delete '${former.register}' on ${source.alias}`,
    ]);
  }

  #entryOf(topic: TopicMetadata, registers: Registers): RegisterEntry {
    const remoteTopic = this.#remoteOf(topic);
    const { topicId } = topic;
    const former = registers.get(topic.topic)?.flatMap(({ clusters }) => clusters) ?? [];
    const clusters = [...new Set([this.#ids.source, ...former])];
    const known = this.#own.get(remoteTopic);
    const remoteTopicId = known?.topicId === topicId ? known?.remoteTopicId : undefined;
    return { remoteTopic, topic: topic.topic, topicId, remoteTopicId, clusters };
  }

  #isWritten({ remoteTopic, topic, topicId, clusters }: RegisterEntry): boolean {
    const known = this.#own.get(remoteTopic);
    return known?.topic === topic && known.topicId === topicId && known.clusters.join() === clusters.join();
  }

  async #write(changes: { entries?: readonly RegisterEntry[]; withdrawn?: readonly string[] }): Promise<void> {
    const { flow, target } = this.#options;
    const replicationFactor = flow.ledgerReplicationFactor;
    await writeRegister(target, { register: this.register, replicationFactor }, changes);
    for (const entry of changes.entries ?? []) this.#own.set(entry.remoteTopic, entry);
    for (const remoteTopic of changes.withdrawn ?? []) this.#own.delete(remoteTopic);
  }

  #remoteOf({ topic }: TopicMetadata): string {
    return this.#options.flow.policy.remoteTopic(topic);
  }
}

function problem(
  kind: TopicProblem['kind'],
  { topic }: TopicMetadata,
  remoteTopic: string,
  sentences: readonly string[],
): TopicProblem {
  return { kind, topic, remoteTopic, error: new MillraceError('conflict', sentences.join('; ')) };
}
