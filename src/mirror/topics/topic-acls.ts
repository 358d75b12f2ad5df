/**
 * Who may do what with topics on the target: as at the source, but for writing, which is the mirror's; by MirrorMaker 2's rules.
 * https://kafka.apache.org/documentation/#mirror_source_sync.topic.acls.enabled
 */
import { MillraceError } from '../../errors.ts';
import type { Cluster, TopicAcl } from '../../kafka/index.ts';
import type { MirroredTopic } from './mirrored-topic.ts';

/**
 * Adds the entries that remote topics lack. Entries that the source takes back stay: nothing tells who made them.
 * @returns why it cannot be done: a cluster that has no ACLs, is too old for them, or does not let them be read or made. Undefined: it was.
 * @throws MillraceError `unavailable` when a cluster does not answer.
 */
export async function copyAcls(
  source: Cluster,
  target: Cluster,
  topics: readonly MirroredTopic[],
): Promise<MillraceError | undefined> {
  try {
    await target.admin.createTopicAcls(remoteAcls(await source.admin.topicAcls(), topics));
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    if (error.context.kafkaError === undefined && error.code !== 'unsupported') throw error;
    return error;
  }
  return undefined;
}

/** Entries for remote topics. Those for all topics together (`*`) are none of a topic's. */
export function remoteAcls(
  acls: readonly TopicAcl[],
  topics: readonly Pick<MirroredTopic, 'topic' | 'remoteTopic'>[],
): TopicAcl[] {
  const remotes = new Map(topics.map(({ topic, remoteTopic }) => [topic, remoteTopic]));
  return acls.flatMap((acl) => {
    const topic = remotes.get(acl.topic);
    const isAllowed = acl.permission === 'ALLOW';
    if (topic === undefined || (isAllowed && acl.operation === 'WRITE')) return [];
    return [{ ...acl, topic, operation: isAllowed && acl.operation === 'ALL' ? 'READ' : acl.operation }];
  });
}
