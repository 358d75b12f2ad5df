/** Who of a consumer group reads what. */
import { createHash } from 'node:crypto';
import type { TopicMetadata, TopicPartition } from './metadata.ts';

export interface Subscriber {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** Topics that can be read, with as many partitions as they have. */
export type Layout = ReadonlyMap<string, number>;

export const layoutOf = (topics: readonly TopicMetadata[]): Layout =>
  new Map(
    topics
      .filter(({ errorCode, partitions }) => errorCode === 0 && partitions.length > 0)
      .map(({ topic, partitions }) => [topic, partitions.length] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

/** A short text that is another one whenever these topics have other partitions. */
export function fingerprint(layout: Layout, topics: Iterable<string>): string {
  const lines = [...topics].sort().map((topic) => `${topic} ${layout.get(topic) ?? 0}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16);
}

/** Deals the partitions out, topic by topic, to the members in turn; each gets such topics only as it subscribes to. */
export function shareOut(members: readonly Subscriber[], layout: Layout): ReadonlyMap<string, TopicPartition[]> {
  const inOrder = members.toSorted((one, other) => (one.memberId < other.memberId ? -1 : 1));
  const shares = new Map(inOrder.map(({ memberId }): [string, TopicPartition[]] => [memberId, []]));
  let turn = 0;
  for (const [topic, count] of layout) {
    const subscribed = inOrder.map(({ topics }) => topics.includes(topic));
    if (!subscribed.includes(true)) continue;
    for (let partition = 0; partition < count; partition++) {
      while (!subscribed[turn % inOrder.length]) turn++;
      shares.get(inOrder[turn++ % inOrder.length]?.memberId ?? '')?.push({ topic, partition });
    }
  }
  return shares;
}
