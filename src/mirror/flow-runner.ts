/** A flow in this process: its lanes are shared out among all processes that run it, by a consumer group over its ledger's topic. */
import { asMillraceError } from '../errors.ts';
import { type Cluster, openCluster, parseGroup } from '../kafka/index.ts';
import type { Logger } from '../observe/log.ts';
import { aborted, backoffAfter, pause } from '../waiting.ts';
import type { MirrorFlow } from './flow-settings.ts';
import { FormerMirror } from './former-mirror.ts';
import { runGroups } from './groups/run-groups.ts';
import { runLane } from './lane.ts';
import type { LaneContext } from './lane-context.ts';
import { ensureLedgerTopic, safeFlowName } from './ledger/ledger-topic.ts';
import type { FlowMetrics } from './metrics.ts';
import type { FlowSnapshot } from './mirror.ts';
import { together } from './together.ts';
import { TopicWatch } from './topics/watch-topics.ts';

/** Of batches that were fetched and are not acknowledged, of all lanes that a process has: 400 MB/s with 40 ms until they are. */
const defaultHeldBytes = 16 * 2 ** 20;
const fewestHeldBytes = 4 * 2 ** 20;

/** One request is under way at each broker: to a distant source, Kafka's default of 1 MiB a partition would leave most of a round trip idle. */
const sourceDefaults = { 'max.partition.fetch.bytes': 4 * 2 ** 20 };

/** Of all lanes. */
type SharedContext = Omit<LaneContext, 'lane' | 'status'>;

const backoff = { backoffMs: 500, maxBackoffMs: 10_000 };

export class FlowRunner {
  readonly #flow: MirrorFlow;
  readonly #metrics: FlowMetrics;
  readonly #log: Logger;
  #lanes: readonly LaneContext[] = [];
  #topics: TopicWatch | undefined;
  #problem: string | undefined;

  constructor(flow: MirrorFlow, { metrics, log }: { readonly metrics: FlowMetrics; readonly log: Logger }) {
    this.#flow = flow;
    this.#metrics = metrics;
    this.#log = log;
  }

  snapshot(): FlowSnapshot {
    const lanes = this.#lanes.map(({ status }) => status);
    const ofLanes = lanes.flatMap(({ problem, stopped }) => [...(problem ? [problem] : []), ...stopped.values()]);
    const ofTopics =
      this.#topics?.problems.filter(({ kind }) => kind !== 'loop').map(({ error }) => error.message) ?? [];
    const problems = [...ofTopics, ...ofLanes];
    return {
      name: this.#flow.name,
      lanes: lanes.length,
      partitions: lanes.reduce((sum, { partitions }) => sum + partitions, 0),
      problem: this.#problem ?? (problems.length > 0 ? problems.join('; ') : undefined),
    };
  }

  /**
   * Until the signal aborts; what was taken is finished then. A cluster that does not answer is waited for.
   * @throws MillraceError `invalidInput` or `unsupported` for a property, `environment` for a login that cannot be had.
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        await this.#mirror(signal);
      } catch (error) {
        const err = asMillraceError(error);
        if (err.code !== 'unavailable') throw err;
        // Lanes end by themselves, and tell what they could not finish.
        if (signal.aborted) return;
        this.#problem = err.message;
        const retryInMs = backoffAfter(tries + 1, backoff);
        this.#log.warn({ err, retryInMs }, 'a cluster of the mirror does not answer');
        await pause(retryInMs, signal);
      }
    }
  }

  async #mirror(signal: AbortSignal): Promise<void> {
    const flow = this.#flow;
    await using source = openCluster({
      ...sourceDefaults,
      ...flow.source.properties,
      'isolation.level': 'read_committed',
    });
    // It bounds what is fetched; what was is written.
    const { 'buffer.memory': heldBytes = defaultHeldBytes, ...properties } = flow.target.properties;
    // The ledger's, which is read there.
    await using target = openCluster({ ...properties, 'isolation.level': 'read_committed' });
    const ledger = await ensureLedgerTopic(target, flow);
    const { clusterId = flow.source.alias } = await source.metadata([]);
    const [metrics, log] = [this.#metrics, this.#log];
    const topics = new TopicWatch(flow, source, target, { log });
    this.#problem = undefined;
    this.#topics = topics;
    const clusters = { source, sourceId: clusterId, target };
    const former = new FormerMirror(flow, target, { log });
    const shared = { flow, ledger, ...clusters, topics, former, maxHeldBytes: Number(heldBytes), metrics, log };
    await together(signal, [(ending) => topics.run(ending), (ending) => this.#shareLanes(shared, ending)]);
  }

  async #shareLanes(shared: SharedContext, signal: AbortSignal): Promise<void> {
    for await (const share of this.#group(shared.target, shared.ledger.topic).generations(signal)) {
      const lanes = share.partitions.map(({ partition }) => partition);
      const held = Math.max(fewestHeldBytes, Math.floor(shared.maxHeldBytes / Math.max(1, lanes.length)));
      const fresh = () => ({ partitions: 0, problem: undefined, stopped: new Map<string, string>() });
      this.#have(lanes.map((lane) => ({ ...shared, lane, maxHeldBytes: held, status: fresh() })));
      const mirroring = this.#lanes.map((lane) => runLane(lane, share.revoked));
      const isStopped = async () => {
        await Promise.allSettled(mirroring);
        return signal.aborted;
      };
      // Of all processes of a flow one has this lane.
      const groups = lanes.includes(0) ? [runGroups(shared, { signal: share.revoked, isStopped })] : [];
      await Promise.all([aborted(share.revoked), ...mirroring, ...groups]);
      this.#have([]);
    }
  }

  #have(lanes: readonly LaneContext[]): void {
    this.#lanes = lanes;
    this.#metrics.lanes(lanes.length);
    if (lanes.length > 0) this.#log.info({ lanes: lanes.map(({ lane }) => lane) }, 'mirrors these lanes');
  }

  #group(target: Cluster, ledgerTopic: string) {
    return target.group({
      settings: parseGroup({
        'group.id': `millrace-mirror.${safeFlowName(this.#flow.name)}`,
        'session.timeout.ms': this.#flow.sessionTimeoutMs,
      }),
      topics: [ledgerTopic],
      onTrouble: (err) => this.#log.warn({ err }, "the mirror's group on the target cannot be joined for now"),
    });
  }
}
