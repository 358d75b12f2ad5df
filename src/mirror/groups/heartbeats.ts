/** Heartbeats for the tools of MirrorMaker 2: that the flow lives, and by how many clusters a record came. */
import { type Cluster, encodeBatch, type Producer } from '../../kafka/index.ts';
import type { MirrorFlow } from '../flow-settings.ts';
import { ensureOwnTopic } from '../own-topic.ts';
import { heartbeatRecord } from './mirror-maker-records.ts';

/** What writes one. It throws MillraceError `unavailable` when the target does not take it. */
export function heartbeatWriter(
  { source, target: { alias }, policy: { heartbeatsTopic } }: MirrorFlow,
  target: Cluster,
  producer: Producer,
  replicationFactor: number,
): () => Promise<void> {
  let isThere = false;
  return async () => {
    if (!isThere) await ensureOwnTopic(target, { name: heartbeatsTopic, partitions: 1, replicationFactor });
    isThere = true;
    const timestamp = Date.now();
    const batch = encodeBatch([heartbeatRecord(source.alias, alias, timestamp)], { timestamp });
    await producer.send(heartbeatsTopic, 0, batch);
  };
}
