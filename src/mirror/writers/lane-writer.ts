/** How a lane writes to the target: what differs between the two kinds of delivery. */

export interface LaneWriter {
  /** Whether batches count only once they are committed: then a commit waits until all that were sent are acknowledged. */
  readonly isAtomic: boolean;
  /** From now on nobody else writes for this lane, as far as the delivery promises that. */
  open(): Promise<void>;
  /**
   * Writes a batch; those of a partition in the order in which they were sent.
   * @returns the offset of its first record on the target; -1 when it is there, but the broker does not remember where.
   */
  send(topic: string, partition: number, batch: Buffer): Promise<number>;
  /** Writes batches into the lane's ledger; what was acknowledged before counts from then on. */
  commit(ledgerBatches: readonly Buffer[]): Promise<void>;
  /** What was not committed is left as it is. */
  close(): Promise<void>;
}
