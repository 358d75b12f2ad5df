/** How far a reader of a stream has come, in the database: where each partition goes on, and which ones lost their place. */
import type { Origin, PartitionName } from '../sources/stream.ts';
import { adoptOrigins, deleteOffsets, readOffsets, readOrigins, writeOffsets } from '../store/offsets.ts';
import type { Store, Transaction } from '../store/store.ts';

type Offsets = ReadonlyMap<PartitionName, bigint>;

export interface StoredPositions {
  readonly stored: Offsets;
  /** Which log each stored position is of; a position that was set by hand has none until {@link Positions.adopt}. */
  readonly origins: ReadonlyMap<PartitionName, Origin>;
  /** Positions that the stream did not have. They are not read until they are reset. */
  readonly lost: Offsets;
}

export class Positions {
  /** What a commit's progress names. */
  readonly source: string;
  readonly #lostSource: string;
  readonly #store: Store;

  /** @param source whose positions these are: `supervisor/<id>`, where the id holds no slash, or another kind of reader's. */
  constructor(store: Store, source: string) {
    this.#store = store;
    this.source = source;
    this.#lostSource = `${this.source}/lost`;
  }

  read(): Promise<StoredPositions> {
    return this.#store.transaction(async (transaction) => ({
      stored: await readOffsets(transaction, this.source),
      origins: await readOrigins(transaction, this.source),
      lost: await readOffsets(transaction, this.#lostSource),
    }));
  }

  /** Sets positions where there are none. Before anything is read, so that a restart does not begin elsewhere. */
  begin(positions: Offsets): Promise<void> {
    return this.#store.transaction(async (transaction) => {
      const stored = await readOffsets(transaction, this.source);
      await writeOffsets(transaction, this.source, new Map([...positions].filter(([name]) => !stored.has(name))));
    });
  }

  /** Takes positions without an origin to be of these logs: what stands there from now on is what they mean. */
  adopt(origins: ReadonlyMap<PartitionName, Origin>): Promise<void> {
    return this.#store.transaction((transaction) => adoptOrigins(transaction, this.source, origins));
  }

  /** Moves partitions, to positions of whatever log is there; they count as lost no more. */
  move(positions: Offsets): Promise<void> {
    return this.#store.transaction(async (transaction) => {
      await writeOffsets(transaction, this.source, positions);
      await deleteOffsets(transaction, this.#lostSource, [...positions.keys()]);
    });
  }

  markLost(wanted: Offsets): Promise<void> {
    return this.#store.transaction((transaction) => writeOffsets(transaction, this.#lostSource, wanted));
  }

  forget(): Promise<void> {
    return this.#store.transaction(async (transaction: Transaction) => {
      await deleteOffsets(transaction, this.source);
      await deleteOffsets(transaction, this.#lostSource);
    });
  }
}
