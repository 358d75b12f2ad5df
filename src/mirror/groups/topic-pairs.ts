/** Topics of the source and what became of them on the target, as both are now: the ledger may know former ones of the same names. */
import type { Cluster } from '../../kafka/index.ts';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import type { FlowClusters } from './groups-context.ts';

interface TopicIds {
  readonly topicId: string;
  readonly remoteTopicId: string;
}

export class TopicPairs {
  readonly #sourceId: string;
  readonly #ids: ReadonlyMap<string, TopicIds>;

  private constructor(sourceId: string, ids: ReadonlyMap<string, TopicIds>) {
    this.#sourceId = sourceId;
    this.#ids = ids;
  }

  /** @throws MillraceError `unavailable` when one of the clusters does not answer. */
  static async find({ flow, source, sourceId, target }: FlowClusters, topics: readonly string[]): Promise<TopicPairs> {
    const remoteTopics = topics.map((topic) => flow.policy.remoteTopic(topic));
    const [ids, remoteIds] = await Promise.all([topicIds(source, topics), topicIds(target, remoteTopics)]);
    const pairs = topics.flatMap((topic, at): [string, TopicIds][] => {
      const topicId = ids.get(topic);
      const remoteTopicId = remoteIds.get(remoteTopics[at] as string);
      return topicId === undefined || remoteTopicId === undefined ? [] : [[topic, { topicId, remoteTopicId }]];
    });
    return new TopicPairs(sourceId, new Map(pairs));
  }

  /** Undefined where the partition is not mirrored, or one of the two topics was created anew since. */
  entryOf(ledger: Ledger, topic: string, partition: number): LedgerEntry | undefined {
    const ids = this.#ids.get(topic);
    if (ids === undefined) return undefined;
    const entry = ledger.find({ cluster: this.#sourceId, topic, topicId: ids.topicId, partition });
    return entry?.targetTopicId === ids.remoteTopicId ? entry : undefined;
  }
}

/** Of those that there are; empty where the cluster is too old to have ids. */
async function topicIds(cluster: Cluster, names: readonly string[]): Promise<Map<string, string>> {
  const { topics } = await cluster.metadata(names);
  return new Map(topics.filter(({ errorCode }) => errorCode === 0).map(({ topic, topicId = '' }) => [topic, topicId]));
}
