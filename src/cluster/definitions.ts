/**
 * DataSources as supervisors of the overlord, with a topic each. The overlord is the registry: what is known here is only remembered,
 * so that pushes do not ask it, and go on while it is away.
 */
import type { ColumnNames } from '../backend.ts';
import { invalidInput, MillraceError } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';
import { validateDataSourceName } from '../spec/discovered.ts';
import type { ClusterContext, DefineOptions, Definitions, PushTarget } from './context.ts';
import { discover } from './discover.ts';
import { findSupervisor, submitSupervisor } from './overlord.ts';
import { patiently, unlessAborted } from './patience.ts';
import { type FoundSupervisor, readSupervisor, supervisorOf } from './supervisor-spec.ts';
import { TargetCache } from './target-cache.ts';
import { topicOf } from './topic-name.ts';

/** How long a definition may wait for a Druid or Kafka that is away. */
const patienceMs = 60_000;
/** Copies of a topic's log where there are as many brokers. */
const mostReplicas = 3;

export function openDefinitions(context: ClusterContext): Definitions {
  return new ClusterDefinitions(context);
}

class ClusterDefinitions implements Definitions {
  readonly #context: ClusterContext;
  readonly #known: TargetCache;
  /** The last change of each dataSource: one waits for the other. */
  readonly #changes = new Map<string, Promise<PushTarget>>();
  readonly #closed = new AbortController();

  constructor(context: ClusterContext) {
    this.#context = context;
    this.#known = new TargetCache((name) => this.#find(name), context);
  }

  async define(dataSource: DataSource, options?: DefineOptions): Promise<void> {
    await this.#change(dataSource.name, () => this.#define(dataSource, options));
  }

  lookup(name: string): Promise<PushTarget | undefined> {
    return this.#known.get(name);
  }

  create(name: string, lines: Uint8Array): Promise<PushTarget> {
    // Bodies that come together, here or at another instance, create one.
    return this.#change(name, async () => {
      const found = await unlessAborted(() => this.#find(name), this.#closed.signal, `looking for '${name}'`);
      return found ?? this.#define(discover(name, lines));
    });
  }

  async names(): Promise<readonly string[]> {
    return (await this.#context.druid.json('broker', '/druid/v2/datasources')) as string[];
  }

  async describe(name: string): Promise<ColumnNames | undefined> {
    const path = `/druid/v2/datasources/${encodeURIComponent(name)}`;
    const columns = (await this.#context.druid.json('broker', path)) as ColumnNames;
    if (columns.dimensions.length + columns.metrics.length > 0) return columns;
    // No row of it is there yet.
    const defined = readSupervisor(await findSupervisor(this.#context.druid, name))?.dataSource;
    return (
      defined && {
        dimensions: defined.dimensions.map((dimension) => dimension.name),
        metrics: defined.metrics.map(({ spec }) => String(spec.name)),
      }
    );
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.allSettled(this.#changes.values());
  }

  async #change(name: string, change: () => Promise<PushTarget>): Promise<PushTarget> {
    const before = this.#changes.get(name);
    const changing = Promise.resolve(before?.catch(() => undefined)).then(change);
    this.#changes.set(name, changing);
    try {
      const target = await changing;
      this.#known.set(name, target);
      return target;
    } finally {
      if (this.#changes.get(name) === changing) this.#changes.delete(name);
    }
  }

  async #define(dataSource: DataSource, { suspended = false, signal }: DefineOptions = {}): Promise<PushTarget> {
    const { name } = dataSource;
    const { druid, kafkaProperties, log } = this.#context;
    validateDataSourceName(name);
    const topic = topicOf(name);
    const supervisor = supervisorOf(dataSource, {
      origin: 'pushes',
      topics: { topic },
      consumerProperties: kafkaProperties,
      start: 'earliest',
    });
    const closed = this.#closed.signal;
    const ended = signal ? AbortSignal.any([closed, signal]) : closed;
    const patience = { log, signal: ended, what: `defining '${name}'`, patienceMs };
    return patiently(patience, async () => {
      const there = readSupervisor(await findSupervisor(druid, name));
      if (there && there.origin !== 'pushes') throw takenByOthers(name, there);
      const partitions = await this.#topic(topic, dataSource.tasks?.partitions ?? 1);
      // Who suspended it resumes it.
      const changed = { ...supervisor, suspended: there?.suspended ?? suspended };
      await submitSupervisor(druid, changed, { skipRestartIfUnmodified: true });
      return { dataSource, topic, partitions };
    });
  }

  /** Settles with the number of its partitions when there are so many or more. */
  async #topic(topic: string, wanted: number): Promise<number> {
    const { kafka } = this.#context;
    const there = await this.#partitionsOf(topic);
    if (there >= wanted) return there;
    if (there > 0) await kafka.addPartitions(topic, wanted);
    else {
      const { brokers } = await kafka.metadata([]);
      await kafka.createTopic({
        name: topic,
        partitions: wanted,
        replicationFactor: Math.min(mostReplicas, brokers.size),
      });
    }
    const made = await this.#partitionsOf(topic);
    if (made >= wanted) return made;
    throw new MillraceError('unavailable', `topic '${topic}' has ${made} of ${wanted} partitions so far`);
  }

  async #partitionsOf(topic: string): Promise<number> {
    return (await this.#context.kafka.metadata([topic])).topics[0]?.partitions.length ?? 0;
  }

  async #find(name: string): Promise<PushTarget | undefined> {
    const supervisor = readSupervisor(await findSupervisor(this.#context.druid, name));
    if (!supervisor) return undefined;
    const { dataSource, stream: topic } = supervisor;
    if (!dataSource) throw takesNoPushes(name, supervisor);
    return { dataSource, topic, partitions: await this.#partitionsOf(topic) };
  }
}

const takenByOthers = (name: string, { stream }: FoundSupervisor) =>
  new MillraceError(
    'conflict',
    `dataSource '${name}' has a supervisor that reads the topic '${stream}' and that no push goes through. Terminate it first, or give this dataSource another name.`,
  );

const takesNoPushes = (name: string, { stream, origin }: FoundSupervisor) =>
  invalidInput(
    `dataSource '${name}' takes no pushes: ${origin ? 'its' : 'a supervisor that was not made here'} reads the topic '${stream}'; send the events there`,
  );
