/** How far a commit brings a source. */
import { MillraceError } from '../errors.ts';
import { readOffsets, writeOffsets } from '../store/offsets.ts';
import type { Transaction } from '../store/store.ts';

/** Work that does not begin where the source's last commit ended is refused, with code `conflict`. */
export interface Progress {
  readonly source: string;
  readonly partitions: ReadonlyMap<string, Step>;
}

/** The position that the bodies begin at, the one after their last, and which log of the source that one is of. */
export interface Step {
  readonly from: bigint;
  readonly to: bigint;
  readonly origin?: string | undefined;
}

/** Throws `conflict` when the source stands elsewhere, as after a reset or when two processes read for it. */
export async function advance(transaction: Transaction, { source, partitions }: Progress): Promise<void> {
  const stored = await readOffsets(transaction, source);
  for (const [partition, { from }] of partitions) {
    const at = stored.get(partition);
    if (at === undefined || at === from) continue;
    throw new MillraceError(
      'conflict',
      `Source '${source}', partition ${partition}, stands at ${at}; events from ${from} on do not continue there. Nothing of them was taken.`,
    );
  }
  const reached = new Map([...partitions].map(([partition, { to }]) => [partition, to]));
  const origins = new Map([...partitions].map(([partition, { origin }]) => [partition, origin]));
  await writeOffsets(transaction, source, reached, origins);
}
