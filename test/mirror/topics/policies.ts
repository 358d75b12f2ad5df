/** Names of topics on the target, for tests. */
import type { ReplicationPolicy } from '../../../src/mirror/flow-settings.ts';

/** Names with the source's alias before them, one by one as in MirrorMaker 2. */
export const prefixed = (source: string): ReplicationPolicy => ({
  kind: 'default',
  remoteTopic: (topic) => `${source}.${topic}`,
  sourceOf: (topic) => /^([^.]+)\../.exec(topic)?.[1],
  upstreamTopic: (topic) => /^[^.]+\.(.+)/.exec(topic)?.[1],
  isInternal: (topic) => /^__|[-.]internal$/.test(topic),
  heartbeatsTopic: 'heartbeats',
  checkpointsTopic: `${source}.checkpoints.internal`,
});

export const plain: ReplicationPolicy = {
  kind: 'identity',
  remoteTopic: (topic) => topic,
  sourceOf: () => undefined,
  upstreamTopic: () => undefined,
  isInternal: (topic) => topic.startsWith('__'),
  heartbeatsTopic: 'heartbeats',
  checkpointsTopic: 'checkpoints.internal',
};
