/** The clusters that dataSources went to, or are on their way to: each is connected to when it is first wanted. */
import type { ClusterBackend } from '../cluster/index.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { PromotionSettings } from './settings.ts';

export interface ClustersOptions {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly deadLetterDirectory?: string | undefined;
}

export class Clusters {
  readonly #options: ClustersOptions;
  readonly #opened = new Map<string, Promise<ClusterBackend>>();

  constructor(options: ClustersOptions) {
    this.#options = options;
  }

  /** Rejects as `openCluster` does; the next call tries again. */
  get({ druid, kafka }: PromotionSettings): Promise<ClusterBackend> {
    const key = JSON.stringify([druid, kafka]);
    const known = this.#opened.get(key);
    if (known) return known;
    // What a Druid takes is loaded when there is one.
    const opening = import('../cluster/index.ts').then(({ openCluster }) =>
      openCluster({ ...this.#options, druid, kafka, autoCreate: false }),
    );
    this.#opened.set(key, opening);
    opening.catch(() => this.#opened.delete(key));
    return opening;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values());
    await Promise.all(opened.map((one) => one.status === 'fulfilled' && one.value.close()));
  }
}
