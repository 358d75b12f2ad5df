/** Partitions of a stream that several processes share: each has some of them, until they are shared out anew. */
import type { MillraceError } from '../errors.ts';
import type { PartitionName } from './stream.ts';

type Offsets = ReadonlyMap<PartitionName, bigint>;

export interface StreamGroup {
  /**
   * One share after the other, until the signal aborts. A share ends when the next one is asked for: what is committed to it by
   * then is where others begin. Rejects when this process cannot be in the group at all.
   */
  shares(signal: AbortSignal): AsyncGenerator<StreamShare, void, void>;
  close(): Promise<void>;
}

export interface StreamShare {
  readonly partitions: readonly PartitionName[];
  /** Aborts when they have to be given up. */
  readonly revoked: AbortSignal;
  /** The group's positions of these partitions, where it has any. */
  committed(): Promise<Offsets>;
  /** Rejects with `conflict` when others were given the partitions before they were given up. */
  commit(positions: Offsets): Promise<void>;
}

export interface GroupConfig {
  /** Of whole names of topics. */
  readonly topics: RegExp;
  /** Kafka's, `group.id` among them. */
  readonly consumerProperties: Readonly<Record<string, unknown>>;
  /** What keeps the process from its group for now; it is tried again. */
  onTrouble(error: MillraceError): void;
}
