/** Which of a source's topics a flow mirrors, by their names. */
import type { MirrorFlow } from '../flow-settings.ts';
import { passes } from '../name-filter.ts';

/** Topics of mirrors themselves, on whatever cluster they write to. */
const ownPrefix = 'millrace-mirror-';

export type Selection = Pick<MirrorFlow, 'topics' | 'policy' | 'mirrorsHeartbeats'> & {
  readonly target: { readonly alias: string };
};

/** Whether a topic of the source is mirrored, as far as its name tells. */
export function isSelected(flow: Selection, topic: string): boolean {
  const { topics, policy } = flow;
  if (topic.startsWith(ownPrefix) || policy.isInternal(topic)) return false;
  const isWanted = passes(topics, topic);
  return (isWanted || (flow.mirrorsHeartbeats && isHeartbeat(flow, topic))) && !cameFromTarget(flow, topic);
}

/** MirrorMaker 2's heartbeats go along with whatever is mirrored, over any number of clusters. */
function isHeartbeat({ policy }: Selection, topic: string): boolean {
  return [topic, ...upstreamNames(policy, topic)].at(-1) === policy.heartbeatsTopic;
}

/** A topic that was on the target on its way here is not mirrored back: that would never end. */
function cameFromTarget({ policy, target }: Selection, topic: string): boolean {
  return [topic, ...upstreamNames(policy, topic)].some((name) => policy.sourceOf(name) === target.alias);
}

/** What a topic was called on the clusters that its records came through: the last one first. */
function upstreamNames(policy: Selection['policy'], topic: string): string[] {
  const names: string[] = [];
  for (let name = policy.upstreamTopic(topic); name !== undefined; name = policy.upstreamTopic(name)) names.push(name);
  return names;
}
