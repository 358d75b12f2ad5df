/** Fetched batches to lines. */
import { Scratch } from './buffer-pool.ts';
import type { FetchSettings } from './config.ts';
import { decodeValues } from './decode.ts';
import { RecordDescriber } from './describe.ts';
import { type PartitionValues, placeOf, type ReadAnswer } from './fetched.ts';

/** For one fetcher: what an answer needs is used again for the next. */
export function valuesReader({
  isolation,
  columns,
}: Pick<FetchSettings, 'isolation' | 'columns'>): ReadAnswer<PartitionValues> {
  const scratch = new Scratch();
  const describer = columns && new RecordDescriber(columns);
  return (part) => {
    const { partition, offset, answer } = part;
    describer?.begin(partition.topic);
    const aborted = isolation === 'read_committed' ? answer.aborted : undefined;
    const { fault, ...decoded } = decodeValues({ batches: answer.batches, offset, aborted, scratch, describer });
    const { nextOffset, leaderEpoch } = decoded;
    const isNothing = fault !== undefined && nextOffset === offset;
    const item = isNothing ? undefined : { kind: 'values' as const, ...placeOf(part), ...decoded };
    return { item, nextOffset, leaderEpoch, fault };
  };
}
