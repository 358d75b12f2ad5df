/**
 * What topics are called on the target, as MirrorMaker 2's policies of these names have it.
 * https://kafka.apache.org/documentation/#georeplication-topic-naming
 */
import type { ReplicationPolicy } from '../flow-settings.ts';

export interface PolicyOptions {
  /** The alias of the source. */
  readonly source: string;
  /** `replication.policy.separator` */
  readonly separator: string;
  /** Between the parts of MirrorMaker's own topics: the separator, unless `replication.policy.internal.topic.separator.enabled` is false. */
  readonly internalSeparator: string;
  readonly heartbeatsTopic: string;
}

/** DefaultReplicationPolicy: `orders` of `A` is `A.orders`. */
export function defaultPolicy({ source, separator, internalSeparator, heartbeatsTopic }: PolicyOptions) {
  const sourceOf = (topic: string) => {
    const alias = topic.split(separator, 1)[0] as string;
    // A separator with nothing behind it separates nothing.
    return isOnly(topic.slice(alias.length), separator) ? undefined : alias;
  };
  const internalSuffix = `${internalSeparator}internal`;
  return {
    kind: 'default',
    remoteTopic: (topic) => `${source}${separator}${topic}`,
    sourceOf,
    upstreamTopic: (topic) => {
      const alias = sourceOf(topic);
      return alias === undefined ? undefined : topic.slice(alias.length + separator.length);
    },
    isInternal: (topic) => topic.endsWith(internalSuffix) || /^(?:__|\.)|[-.]internal$/.test(topic),
    heartbeatsTopic,
    checkpointsTopic: `${source}${internalSeparator}checkpoints${internalSuffix}`,
  } as const satisfies ReplicationPolicy;
}

/** IdentityReplicationPolicy: names stay; only heartbeats tell by their name where they come from. */
export function identityPolicy(options: PolicyOptions): ReplicationPolicy {
  const prefixing = defaultPolicy(options);
  const isHeartbeat = (topic: string) => topic.endsWith(options.heartbeatsTopic);
  return {
    ...prefixing,
    kind: 'identity',
    remoteTopic: (topic) => (isHeartbeat(topic) ? prefixing.remoteTopic(topic) : topic),
    sourceOf: (topic) => (isHeartbeat(topic) ? prefixing.sourceOf(topic) : undefined),
    upstreamTopic: (topic) => (isHeartbeat(topic) ? prefixing.upstreamTopic(topic) : undefined),
  };
}

/** MirrorMaker 1: all names stay, and only the brokers' own topics are left out. */
export function plainNames(source: string): ReplicationPolicy {
  const options = { source, separator: '.', internalSeparator: '.', heartbeatsTopic: 'heartbeats' };
  return {
    ...defaultPolicy(options),
    kind: 'identity',
    remoteTopic: (topic) => topic,
    sourceOf: () => undefined,
    upstreamTopic: () => undefined,
    isInternal: (topic) => brokersOwn.has(topic),
  };
}

/** https://kafka.apache.org/documentation/#consumerconfigs_exclude.internal.topics */
const brokersOwn = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state', '__cluster_metadata']);

/** Whether a text is the separator any number of times, or not at all. */
function isOnly(text: string, separator: string): boolean {
  return text.replaceAll(separator, '') === '';
}
