/** Two clusters for the tests of a mirror's topics, and flows between them. */
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { openCluster } from '../../../src/kafka/index.ts';
import type { MirrorFlow } from '../../../src/mirror/flow-settings.ts';
import { defaultPolicy } from '../../../src/mirror/settings/replication-policy.ts';
import { type MirroredTopic, TopicWatch } from '../../../src/mirror/topics/watch-topics.ts';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';

/** A broker, Kafka's own clients and tools for it, and ours. */
export class TestCluster {
  readonly bootstrapServers: string;
  /** Of its logs and settings. */
  readonly folder: string;
  readonly scribe: Scribe;
  readonly cluster;

  private constructor(broker: KafkaBroker) {
    this.bootstrapServers = broker.bootstrapServers;
    this.folder = broker.folder;
    this.scribe = new Scribe(broker.bootstrapServers);
    this.cluster = openCluster({ 'bootstrap.servers': broker.bootstrapServers });
    after(async () => {
      await this.cluster.close();
      await this.scribe.stop();
      await broker.stop();
    });
  }

  static async start(properties: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
    return new TestCluster(await KafkaBroker.start({ properties }));
  }

  tool(mainClass: string, ...options: string[]): Promise<string> {
    return kafkaTool(mainClass, ['--bootstrap-server', this.bootstrapServers, ...options]);
  }

  /** What a topic has of its own, as Kafka's tool tells. */
  async configOf(topic: string): Promise<string[]> {
    const entity = ['--entity-type', 'topics', '--entity-name', topic];
    const described = await this.tool('kafka.admin.ConfigCommand', ...entity, '--describe');
    return [...described.matchAll(/^ {2}(\S+=\S+) sensitive=/gm)].map(([, property]) => property as string).sort();
  }

  async partitionsOf(topic: string): Promise<number> {
    const described = await this.tool('org.apache.kafka.tools.TopicCommand', '--describe', '--topic', topic);
    return Number(/PartitionCount: (\d+)/.exec(described)?.[1]);
  }

  async topicNames(): Promise<string[]> {
    const listed = await this.tool('org.apache.kafka.tools.TopicCommand', '--list');
    return listed.split('\n').filter((name) => name !== '');
  }
}

/** Names with the source's alias before them. */
export const prefixed = (source: string) =>
  defaultPolicy({ source, separator: '.', internalSeparator: '.', heartbeatsTopic: 'heartbeats' });

/** A flow of topics that this pattern matches, refreshed all the time. */
export const flowOf = (
  source: string,
  target: string,
  include: RegExp,
  more: Partial<MirrorFlow> = {},
): MirrorFlow => ({
  name: `${source}.${target}`,
  source: { alias: source, properties: {} },
  target: { alias: target, properties: {} },
  topics: { include, exclude: [] },
  mirrorsHeartbeats: false,
  policy: prefixed(source),
  delivery: 'exactlyOnce',
  lanes: 1,
  sessionTimeoutMs: 10_000,
  commitIntervalMs: 100,
  startAt: 'earliest',
  sourceGroup: undefined,
  formerOffsetsTopic: undefined,
  ledgerReplicationFactor: 1,
  topicSync: {
    refreshIntervalMs: 100,
    configIntervalMs: 100,
    configExclude: [/^min\.insync\.replicas$/],
    configDefaultsFrom: 'target',
    aclIntervalMs: undefined,
    replicationFactor: 1,
  },
  groupSync: undefined,
  heartbeats: undefined,
  ...more,
});

/** Watches until it is disposed of. */
export class Watching implements AsyncDisposable {
  readonly watch: TopicWatch;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(flow: MirrorFlow, source: TestCluster, target: TestCluster) {
    this.watch = new TopicWatch(flow, source.cluster, target.cluster, { log: pino({ level: 'silent' }) });
    this.#running = this.watch.run(this.#stop.signal);
  }

  /** The first list of topics that fulfils the condition. */
  async until(condition: (topics: readonly MirroredTopic[]) => boolean): Promise<readonly MirroredTopic[]> {
    for await (const topics of this.watch.lists(this.#stop.signal)) if (condition(topics)) return topics;
    throw new Error('no such list of topics came');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

export async function eventually(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let waits = 0; waits < 600; waits++) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`did not come about: ${what}`);
}
