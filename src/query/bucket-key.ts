/** What rows are grouped by when they are put into buckets of time. */
import type { Buckets } from '../catalog/index.ts';
import { type Sql, sql } from '../sql.ts';
import type { Source } from './source.ts';

export interface BucketKey {
  /** The same for all rows of a bucket, and for no others. */
  readonly key: Sql;
  /** Whether it is the bucket's number, else its start. */
  readonly isNumber: boolean;
  /** The bucket's start in milliseconds, in terms of the key. */
  readonly startMs: Sql;
}

/**
 * Numbers where the intervals leave no earlier row than have one: the engine finds a row's number in half the time that it takes to find its
 * bucket's start. Number 0 has the first bucket that does not start before 1970, as division rounds towards 0.
 */
export function bucketKeyOf({ table, startMs, scope }: Source, { extent, floor, fixed }: Buckets): BucketKey {
  if (extent === 'regular' && fixed && !table.isCut) {
    const { millis, originMs } = fixed;
    const sinceMs = ((originMs % millis) + millis) % millis;
    if (startMs >= sinceMs) {
      const elapsed =
        sinceMs === 0 ? sql`epoch_us(${scope.time})` : sql`(epoch_us(${scope.time}) - ${micros(sinceMs)})`;
      const key = sql`(${elapsed} // ${micros(millis)})`;
      return { key, isNumber: true, startMs: sql`(${key} * ${BigInt(millis)} + ${BigInt(sinceMs)})` };
    }
  }
  const key = floor(scope.time);
  return { key, isNumber: false, startMs: sql`epoch_ms(${key})` };
}

const micros = (ms: number) => BigInt(ms) * 1000n;
