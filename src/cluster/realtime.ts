/** What a realtime node's file asks for, as supervisors of the overlord and pushed dataSources. */
import { unsupported } from '../errors.ts';
import type { RealtimeSpecs } from '../sources/firehoses/index.ts';
import type { ClusterContext, Definitions, Pusher, RealtimeCluster } from './context.ts';

export interface RealtimeClusterContext extends ClusterContext {
  readonly definitions: Definitions;
  readonly pusher: Pusher;
}

export async function openRealtime(_context: RealtimeClusterContext, _specs: RealtimeSpecs): Promise<RealtimeCluster> {
  throw unsupported("a realtime node's file is not supported on a Druid cluster yet");
}
