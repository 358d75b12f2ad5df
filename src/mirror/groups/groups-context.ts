/** What is known where groups are kept in step. */
import type { Cluster } from '../../kafka/index.ts';
import type { Logger } from '../../observe/log.ts';
import type { MirrorFlow } from '../flow-settings.ts';
import type { LedgerTopic } from '../ledger/ledger-topic.ts';

/** How many groups are asked about, or set, at a time. */
export const groupsAtATime = 8;

/** A flow with its two clusters. */
export interface FlowClusters {
  readonly flow: MirrorFlow;
  readonly source: Cluster;
  /** The source cluster's id. */
  readonly sourceId: string;
  readonly target: Cluster;
}

export interface GroupsContext extends FlowClusters {
  readonly ledger: LedgerTopic;
  readonly log: Logger;
}
