/** The clusters that dataSources went to, or are on their way to: each is connected to when it is first wanted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from '../backend.ts';
import type { ClusterBackend } from '../cluster/index.ts';
import { shownAddress } from '../druid/shown-address.ts';
import { asMillraceError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { PromotionSettings } from './settings.ts';

export interface ClustersOptions {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly deadLetterDirectory?: string | undefined;
}

/** One that is not connected to this soon is not healthy; whoever asks wants to know now. */
const healthPatienceMs = 5_000;

export class Clusters {
  readonly #options: ClustersOptions;
  readonly #opened = new Map<string, Promise<ClusterBackend>>();
  readonly #closed = new AbortController();

  constructor(options: ClustersOptions) {
    this.#options = options;
  }

  /** Rejects as `openCluster` does; the next call tries again. */
  get(settings: PromotionSettings): Promise<ClusterBackend> {
    const { druid, kafka } = settings;
    const key = keyOf(settings);
    const known = this.#opened.get(key);
    if (known) return known;
    // What a Druid takes is loaded when there is one.
    const opening = import('../cluster/index.ts').then(({ openCluster }) =>
      openCluster({ ...this.#options, druid, kafka, autoCreate: false, signal: this.#closed.signal }),
    );
    this.#opened.set(key, opening);
    opening.catch(() => this.#opened.delete(key));
    return opening;
  }

  /** Each cluster's, once. */
  health(all: readonly PromotionSettings[]): Promise<readonly Health[]> {
    const byKey = new Map(all.map((settings) => [keyOf(settings), settings]));
    return Promise.all([...byKey.values()].map((settings) => this.#health(settings)));
  }

  async #health(settings: PromotionSettings): Promise<Health> {
    const told = new AbortController();
    const patience = sleep(healthPatienceMs, undefined, { signal: told.signal }).catch(() => undefined);
    try {
      const cluster = await Promise.race([this.get(settings), patience]);
      return cluster
        ? await cluster.health()
        : ill(`the Druid at ${shownAddress(settings.druid.at)} is not reached yet`);
    } catch (error) {
      return ill(asMillraceError(error).message);
    } finally {
      told.abort();
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const opened = await Promise.allSettled(this.#opened.values());
    await Promise.all(opened.map((one) => one.status === 'fulfilled' && one.value.close()));
  }
}

const keyOf = ({ druid, kafka }: PromotionSettings): string => JSON.stringify([druid, kafka]);

const ill = (problem: string): Health => ({ healthy: false, problem, pendingBytes: 0 });
