/** Which topics a flow mirrors now: followed as they come, grow, change and go at the source. */
import { isDeepStrictEqual } from 'node:util';
import { MillraceError } from '../../errors.ts';
import { type Cluster, Signal, type TopicMetadata } from '../../kafka/index.ts';
import type { Logger } from '../../observe/log.ts';
import { pause } from '../../waiting.ts';
import type { MirrorFlow } from '../flow-settings.ts';
import { Admission } from './admission.ts';
import type { MirroredTopic, TopicProblem } from './mirrored-topic.ts';
import { RemoteTopics } from './remote-topics.ts';
import { isSelected } from './select-topics.ts';
import { copyAcls } from './topic-acls.ts';

export type { MirroredTopic, TopicProblem } from './mirrored-topic.ts';

/** Between tries, while a cluster does not answer or a topic cannot be mirrored; doubled each time. */
const retryMs = { first: 1000, most: 30_000 };
const longestTimerMs = 2 ** 31 - 1;
const anyTopic = /.*/s;

export class TopicWatch {
  readonly #flow: MirrorFlow;
  readonly #source: Cluster;
  readonly #target: Cluster;
  readonly #log: Logger;
  readonly #admission: Admission;
  readonly #remotes: RemoteTopics;
  readonly #changed = new Signal();
  #topics: readonly MirroredTopic[] | undefined;
  #problems: readonly TopicProblem[] = [];
  #whyNoAcls: string | undefined;
  #waking = new AbortController();

  constructor(flow: MirrorFlow, source: Cluster, target: Cluster, { log }: { readonly log: Logger }) {
    this.#flow = flow;
    this.#source = source;
    this.#target = target;
    this.#log = log;
    this.#admission = new Admission({ flow, source, target });
    this.#remotes = new RemoteTopics({ flow, source, target });
  }

  /** Topics that are not mirrored as they should be, as far as is known. */
  get problems(): readonly TopicProblem[] {
    return this.#problems;
  }

  /**
   * Follows the source until the signal aborts. A cluster that does not answer is asked again.
   * @throws MillraceError of any other kind than `unavailable`.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { refreshIntervalMs, configIntervalMs, aclIntervalMs } = this.#flow.topicSync;
    await Promise.all([
      this.#repeat(() => this.#refresh(signal), refreshIntervalMs, signal),
      configIntervalMs !== undefined && this.#repeat(() => this.#configure(signal), configIntervalMs, signal),
      aclIntervalMs !== undefined && this.#repeat(() => this.#copyAcls(signal), aclIntervalMs, signal),
    ]);
  }

  /** Looks now, and not at the next refresh: something went wrong on the target that a topic there may explain. */
  lookAgain(): void {
    this.#waking.abort();
  }

  /** The topics that are mirrored: as soon as they are known, and whenever they change; until the signal aborts. */
  async *lists(signal: AbortSignal): AsyncGenerator<readonly MirroredTopic[]> {
    const wake = () => this.#changed.notify();
    signal.addEventListener('abort', wake, { once: true });
    try {
      let last: readonly MirroredTopic[] | undefined;
      while (!signal.aborted) {
        if (this.#topics === undefined || this.#topics === last) await this.#changed.wait();
        else {
          last = this.#topics;
          yield last;
        }
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  async #refresh(signal: AbortSignal): Promise<boolean> {
    const { topics: found } = await this.#source.metadata(anyTopic);
    // A topic that is about to be deleted has no partitions.
    const selected = found.filter(({ topic, partitions }) => partitions.length > 0 && isSelected(this.#flow, topic));
    const target = await this.#remotes.describe(selected, [this.#admission.register]);
    const admitted = await this.#admission.admit(selected, target, signal);
    const { topics, problems: refused } = await this.#remotes.ensure(admitted.topics, target);
    await this.#admission.confirm(topics);
    this.#publish(topics);
    this.#tell([...admitted.problems, ...refused]);
    const isComplete = partitionsOf(topics) === partitionsOf(admitted.topics);
    // What was created is seen a moment later; who deletes a remote topic wants it anew soon.
    return isComplete && !admitted.isContended && this.#problems.every(({ kind }) => kind === 'loop');
  }

  #publish(topics: readonly MirroredTopic[]): void {
    const sorted = topics.toSorted((one, other) => (one.topic < other.topic ? -1 : 1));
    if (isDeepStrictEqual(sorted, this.#topics)) return;
    this.#topics = sorted;
    this.#changed.notify();
  }

  async #configure(signal: AbortSignal): Promise<boolean> {
    const { value: topics = [] } = await this.lists(signal).next();
    const refused = await this.#remotes.configure(topics);
    for (const err of refused) this.#log.warn({ err }, 'the configuration of a topic does not follow its source');
    return true;
  }

  async #copyAcls(signal: AbortSignal): Promise<boolean> {
    const { value: topics = [] } = await this.lists(signal).next();
    const reason = (await copyAcls(this.#source, this.#target, topics))?.message;
    if (reason !== undefined && reason !== this.#whyNoAcls) this.#log.warn({ reason }, 'ACLs of topics are not copied');
    this.#whyNoAcls = reason;
    return true;
  }

  /** What is new among problems, and what is over. */
  #tell(problems: readonly TopicProblem[]): void {
    const before = new Map(this.#problems.map(({ topic, error }) => [topic, error.message]));
    this.#problems = problems;
    for (const { topic, remoteTopic, kind, error: err } of problems) {
      if (before.get(topic) !== err.message)
        this.#log.error({ err, topic, remoteTopic, kind }, 'a topic is not mirrored');
      before.delete(topic);
    }
    for (const topic of before.keys())
      this.#log.info({ topic }, 'nothing keeps a topic from being mirrored any more, or it is gone');
  }

  /**
   * @param work false: it is to be tried again sooner than after the interval.
   * @param interval milliseconds; undefined: once it was done, only when it is woken.
   */
  async #repeat(work: () => Promise<boolean>, interval: number | undefined, signal: AbortSignal): Promise<void> {
    const intervalMs = interval ?? longestTimerMs;
    let backoffMs = retryMs.first;
    while (!signal.aborted) {
      const isDone = await this.#try(work, signal);
      // Two that are in each other's way do not try again at the same moment.
      await this.#pause(isDone ? intervalMs : Math.min(intervalMs, backoffMs * (0.5 + Math.random())), signal);
      backoffMs = isDone ? retryMs.first : Math.min(2 * backoffMs, retryMs.most);
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { signal: waking } = this.#waking;
    await pause(ms, AbortSignal.any([signal, waking]));
    if (waking.aborted && waking === this.#waking.signal) this.#waking = new AbortController();
  }

  async #try(work: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
    try {
      return await work();
    } catch (err) {
      if (signal.aborted) return true;
      if (!(err instanceof MillraceError) || err.code !== 'unavailable') throw err;
      this.#log.warn({ err }, 'the topics of the mirror cannot be looked at for now');
      return false;
    }
  }
}

const partitionsOf = (topics: readonly (MirroredTopic | TopicMetadata)[]) =>
  topics.reduce((sum, { partitions }) => sum + (typeof partitions === 'number' ? partitions : partitions.length), 0);
