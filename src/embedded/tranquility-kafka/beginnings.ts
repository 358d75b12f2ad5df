/** Where a partition begins of which nobody in the group has read anything yet. */
import type { PartitionName } from '../../sources/stream.ts';
import type { OffsetReset } from '../../spec/tranquility-kafka.ts';

export class Beginnings {
  readonly #atStart: OffsetReset;
  #there: ReadonlySet<PartitionName> | undefined;

  /** @param atStart for what is there when this process starts; Kafka's own default is latest. */
  constructor(atStart: OffsetReset = 'latest') {
    this.#atStart = atStart;
  }

  /** The partitions there are. */
  see(partitions: readonly PartitionName[]): void {
    this.#there ??= new Set(partitions);
  }

  /** What has come since the start holds nothing that is older than it. */
  of(partition: PartitionName): OffsetReset {
    return this.#there?.has(partition) ? this.#atStart : 'earliest';
  }
}
