/** A mirror at work, as the command sees it. */

export interface Mirror {
  snapshot(): MirrorSnapshot;
  /** Finishes what is under way: transactions are committed, the ledger is written. */
  close(): Promise<void>;
  /** Resolves after {@link close}; rejects with a MillraceError when it cannot go on by itself. */
  readonly closed: Promise<void>;
}

export interface MirrorSnapshot {
  readonly flows: readonly FlowSnapshot[];
}

export interface FlowSnapshot {
  readonly name: string;
  /** Of the flow's lanes, those that this process has. */
  readonly lanes: number;
  /** Of the source's partitions, those that this process has. */
  readonly partitions: number;
  /** Why nothing, or not everything, gets through; undefined when all does. */
  readonly problem: string | undefined;
}
