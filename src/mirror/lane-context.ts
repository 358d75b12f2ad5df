/** What a lane works with. */
import type { Cluster } from '../kafka/index.ts';
import type { Logger } from '../observe/log.ts';
import type { MirrorFlow } from './flow-settings.ts';
import type { FormerMirror } from './former-mirror.ts';
import type { LedgerTopic } from './ledger/ledger-topic.ts';
import type { FlowMetrics } from './metrics.ts';
import type { TopicWatch } from './topics/watch-topics.ts';

export interface LaneContext {
  readonly flow: MirrorFlow;
  readonly lane: number;
  readonly ledger: LedgerTopic;
  readonly source: Cluster;
  readonly sourceId: string;
  readonly target: Cluster;
  readonly topics: TopicWatch;
  readonly former: FormerMirror;
  /** Of batches that were fetched and are not acknowledged, in bytes. */
  readonly maxHeldBytes: number;
  readonly metrics: FlowMetrics;
  readonly log: Logger;
  readonly status: LaneStatus;
}

/** How a lane is, for whoever looks at the flow. */
export interface LaneStatus {
  partitions: number;
  /** Why it does not go on; undefined when it does. */
  problem: string | undefined;
  /** Why partitions do not go on while the others do, by topic and partition. */
  readonly stopped: Map<string, string>;
}
