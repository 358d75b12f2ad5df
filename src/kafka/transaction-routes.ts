/** Which broker takes what a transaction writes to a partition. */
import type { Backoff } from './backoff.ts';
import type { BrokerPipeline, WrittenPartition } from './broker-pipeline.ts';
import type { Address } from './connections.ts';
import { leaderOf } from './leader.ts';
import type { ClusterMetadata } from './metadata.ts';
import { isRetriable, placeError } from './protocol-errors.ts';

interface RouteOptions {
  readonly cluster: { metadata(topics: readonly string[]): Promise<ClusterMetadata> };
  readonly backoff: Backoff;
  /** How long leaders are waited for. */
  readonly deliveryTimeoutMs: number;
  open(address: Address): BrokerPipeline;
}

export class TransactionRoutes {
  readonly #options: RouteOptions;
  /** By node id. */
  readonly #brokers = new Map<number, BrokerPipeline>();

  constructor(options: RouteOptions) {
    this.#options = options;
  }

  /** Sees to it that each has a leader, or throws why one has not. */
  async find(places: readonly WrittenPartition[], isWanted: () => boolean): Promise<void> {
    const { cluster, backoff, deliveryTimeoutMs } = this.#options;
    const deadlineMs = performance.now() + deliveryTimeoutMs;
    let lost = places.filter(({ leader }) => leader === undefined);
    for (let failures = 0; lost.length > 0; failures++) {
      await backoff.after(failures);
      const metadata = await cluster.metadata([...new Set(lost.map(({ topic }) => topic))]);
      for (const place of lost) {
        const leader = leaderOf(metadata, place);
        if ('node' in leader) place.leader = this.#broker(leader.node, leader.address);
        else if (!isRetriable(leader.errorCode) || performance.now() >= deadlineMs || !isWanted())
          throw placeError(place, leader.errorCode);
      }
      lost = lost.filter(({ leader }) => leader === undefined);
    }
  }

  /** Nothing that waits is to be sent any more. */
  clear(): void {
    for (const broker of this.#brokers.values()) broker.clear();
  }

  #broker(node: number, address: Address): BrokerPipeline {
    const known = this.#brokers.get(node);
    if (known?.address.host === address.host && known.address.port === address.port) return known;
    const broker = this.#options.open(address);
    this.#brokers.set(node, broker);
    return broker;
  }
}
