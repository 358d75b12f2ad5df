/** A topic that was mirrored as a test says, without a mirror: which record is where is plain. One cluster is both ends of the flow. */
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { Cluster } from '../../../src/kafka/index.ts';
import type { MirrorFlow } from '../../../src/mirror/flow-settings.ts';
import { runGroups } from '../../../src/mirror/groups/run-groups.ts';
import { Ledger } from '../../../src/mirror/ledger/ledger.ts';
import { ensureLedgerTopic } from '../../../src/mirror/ledger/ledger-topic.ts';
import { newTopicName } from '../../kafka/fetching.ts';
import type { Scribe } from '../../services/kafka/scribe.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';
import { eventually, flowOf } from '../topics/watching.ts';

/** Source offset, target offset, count. */
type Run = readonly [source: number, target: number, count: number];

export interface Kafka {
  readonly cluster: Cluster;
  readonly scribe: Scribe;
  readonly bootstrapServers: string;
}

export const everyMs = 50;

/** What is done about the groups of these names. */
export const groupSync = (groups: RegExp) => ({
  groups: { include: groups, exclude: [/^console-consumer-.*$/] },
  refreshIntervalMs: everyMs,
  checkpoints: undefined,
  offsetIntervalMs: everyMs,
});

export class MirroredTopic {
  readonly topic = newTopicName('events');
  readonly flow: MirrorFlow;
  /** What was said to people. */
  readonly logged: string[] = [];
  readonly #kafka: Kafka;
  readonly #running = new AbortController();
  #witnesses = 0;

  constructor(kafka: Kafka, flow: Partial<MirrorFlow>) {
    this.#kafka = kafka;
    const properties = { 'bootstrap.servers': kafka.bootstrapServers };
    const ends = { source: { alias: 'A', properties }, target: { alias: 'B', properties } };
    this.flow = flowOf('A', 'B', /^.*$/, { ...ends, name: this.topic, lanes: 2, ...flow });
  }

  get remoteTopic(): string {
    return this.flow.policy.remoteTopic(this.topic);
  }

  /** Fills the topic's partitions and those of its remote topic with 100 records each. */
  async begin(runs: readonly (readonly Run[])[]): Promise<void> {
    const { scribe } = this.#kafka;
    for (const topic of [this.topic, this.remoteTopic]) {
      await scribe.createTopic(topic, runs.length);
      await scribe.openProducer(topic);
      for (const partition of runs.keys()) await scribe.fill(topic, topic, 100, 'v', partition);
      await scribe.flush(topic);
    }
    await this.mirror(runs);
  }

  /** Writes by partition into the ledger, as a mirror does it, which records went where. */
  async mirror(runs: readonly (readonly Run[])[]): Promise<void> {
    const { cluster } = this.#kafka;
    const { topic, lanes } = await ensureLedgerTopic(cluster, this.flow);
    const { clusterId = '', topics } = await cluster.metadata([this.topic, this.remoteTopic]);
    const idOf = (name: string) => topics.find((one) => one.topic === name)?.topicId ?? '';
    await using producer = cluster.producer();
    for (const [partition, ofPartition] of runs.entries()) {
      const lane = partition % lanes;
      const ledger = await Ledger.load(cluster, topic, lane);
      const source = { cluster: clusterId, topic: this.topic, topicId: idOf(this.topic), partition };
      const entry = ledger.find(source) ?? ledger.add(source, idOf(this.remoteTopic));
      for (const [from, to, count] of ofPartition) entry.runs.append(from, to, count);
      for (const batch of ledger.takeChanges()) await producer.send(topic, lane, batch);
    }
  }

  /** An offset at the source. */
  commit(groupId: string, offset: number, partition = 0, metadata = ''): Promise<boolean> {
    return this.#kafka.cluster.admin.setGroupOffsets(groupId, [{ topic: this.topic, partition, offset, metadata }]);
  }

  /** Keeps groups in step until the test ends. */
  async run(context: TestContext): Promise<void> {
    context.after(() => this.#running.abort());
    const { cluster } = this.#kafka;
    const log = pino({}, { write: (line: string) => this.logged.push(JSON.parse(line).msg) });
    const { clusterId: sourceId = '' } = await cluster.metadata([]);
    const ledger = await ensureLedgerTopic(cluster, this.flow);
    const ending = { signal: this.#running.signal, isStopped: async () => false };
    void runGroups({ flow: this.flow, source: cluster, sourceId, target: cluster, ledger, log }, ending);
  }

  /** Until a round that began after this has ended: what it was to do, it has done. */
  async synced(): Promise<void> {
    const { admin } = this.#kafka.cluster;
    // Once the first is in step its round is under way; the second one comes in a later round.
    for (let i = 0; i < 2; i++) {
      const witness = `${this.topic}-witness-${this.#witnesses++}`;
      await this.commit(witness, 1);
      const isSynced = async () => (await admin.groupOffsets(witness)).length === 2;
      await eventually(`a round: ${this.logged}`, isSynced);
    }
  }

  /** Of a group on the target, as Kafka's own tool tells. */
  async reached(groupId: string, partition = 0): Promise<number | undefined> {
    const where = ['--bootstrap-server', this.#kafka.bootstrapServers, '--group', groupId];
    const tool = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
    const described = await kafkaTool(tool, [...where, '--describe', '--offsets']);
    const rows = described.split('\n').map((row) => row.split(/\s+/));
    const row = rows.find(([, topic, of]) => topic === this.remoteTopic && of === String(partition));
    return row === undefined || row[3] === '-' ? undefined : Number(row[3]);
  }
}
