/** A partitioned stream that can be read again from any position, as a supervisor reads it. Kafka is one. */

/** A partition's name: `topic/number`, in order of both. */
export type PartitionName = string;

/**
 * Which log a position is of, in the stream's own words. A partition that was made anew, or lost its end and grew again, has other
 * records at the same positions: kept with a position, this tells them apart, also after a restart.
 */
export type Origin = string;

export interface Stream {
  /** The partitions there are now, of all topics that are asked for; new ones show up in later calls. */
  partitions(): Promise<readonly PartitionName[]>;
  /** The first position that is kept, or the one after the last that a reader may see. */
  offsets(
    end: 'earliest' | 'latest',
    partitions: readonly PartitionName[],
  ): Promise<ReadonlyMap<PartitionName, bigint>>;
  /** Which log each partition is that was seen so far, for positions that are to begin there; none for those it cannot tell of. */
  origins(): ReadonlyMap<PartitionName, Origin>;
  /**
   * Batches from these positions on, until the signal aborts: large ones when far behind, small ones when live. The next batch is
   * fetched while the last one is worked on, no more. Rejects with a MillraceError: `positionLost` names partitions and bounds.
   * @param origins those that the positions were kept with; a position without one is taken to be of the log that is there now.
   * @param onFull told of a batch that is as large as any may be and waits to be asked for, so that work on its lines can begin: it comes
   * with the same lines.
   */
  read(
    from: ReadonlyMap<PartitionName, bigint>,
    signal: AbortSignal,
    origins?: ReadonlyMap<PartitionName, Origin>,
    onFull?: (batch: StreamBatch) => void,
  ): AsyncGenerator<StreamBatch, void, void>;
  close(): Promise<void>;
}

/** The position that a batch begins at in a partition, the one after its last record, and which log that one is of. */
export interface PartitionProgress {
  readonly from: bigint;
  readonly to: bigint;
  readonly origin?: Origin | undefined;
}

/** Records of one partition, the next ones of a batch's lines. */
export interface BatchStep extends PartitionProgress {
  readonly partition: PartitionName;
  /** Of the batch's lines. */
  readonly lineBytes: number;
  readonly records: number;
  /** Bytes of the records' values as they came. */
  readonly bytes: number;
}

export interface StreamBatch {
  /**
   * One record a line, in the order of each partition; values without a line break of their own. None is blank: an empty value is
   * passed over like a missing one, for ingestion sees no event in a blank line. UTF-8. Valid until the next batch is asked for.
   */
  readonly lines: Uint8Array;
  /** Lines. */
  readonly records: number;
  /** Bytes of the records' values as they came. */
  readonly bytes: number;
  /** Passed-over records (aborted, tombstones) included. */
  readonly progress: ReadonlyMap<PartitionName, PartitionProgress>;
  /** All of it in order, where it can be divided: a smaller batch may end after each of them. */
  readonly steps?: readonly BatchStep[];
  /** The latest positions seen while fetching, for the lag. */
  readonly latest: ReadonlyMap<PartitionName, bigint>;
}

/** A position that the stream does not have: its log begins later (rows are lost), or ends before (it was cut), or is another one. */
export interface LostPosition {
  readonly partition: PartitionName;
  readonly wanted: bigint;
  readonly earliest: bigint;
  readonly latest: bigint;
  /** `removed`: it begins later now. `cutOff`: it ended before, and may have grown again; or it was made anew, where that is not told. */
  readonly cause: 'removed' | 'cutOff' | 'madeAnew';
}
