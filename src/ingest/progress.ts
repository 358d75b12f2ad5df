/** How far a commit brings a source. */
import { MillraceError } from '../errors.ts';
import { readOffsets, writeOffsets } from '../store/offsets.ts';
import type { Transaction } from '../store/store.ts';

/** Work that does not begin where the source's last commit ended is refused, with code `conflict`. */
export interface Progress {
  readonly source: string;
  /** By partition: the position that the bodies begin at, and the one after their last. */
  readonly partitions: ReadonlyMap<string, { readonly from: bigint; readonly to: bigint }>;
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
  await writeOffsets(transaction, source, new Map([...partitions].map(([partition, { to }]) => [partition, to])));
}
