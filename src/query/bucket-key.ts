/** What rows are grouped by when they are put into buckets of time. */
import { type Buckets, type NumberedBuckets, numberedByMinute } from '../catalog/index.ts';
import { type Sql, sql } from '../sql.ts';
import type { Source } from './source.ts';

export interface BucketKey {
  /** The same for all rows of a bucket, and for no others. */
  readonly key: Sql;
  /** Whether it is the bucket's number, else its start. */
  readonly isNumber: boolean;
  /** The bucket's start in milliseconds, of the key or a column that holds it. */
  startOf(key: Sql): Sql;
}

/**
 * Numbers where rows have their minutes, or where the intervals leave no earlier row than have one by their times: the engine finds a row's
 * number in half the time that it takes to find its bucket's start, and in less from its minute. By time, number 0 has the first bucket
 * that does not start before 1970, as division rounds towards 0.
 */
export function bucketKeyOf(source: Source, buckets: Buckets): BucketKey {
  const { table, startMs, scope } = source;
  const { extent, floor, fixed } = buckets;
  const numbered = extent === 'regular' ? minutesOf(source, buckets) : undefined;
  if (numbered)
    return {
      key: numbered.numberOf(table.minute as Sql),
      isNumber: true,
      startOf: (number) => numbered.startOf(number, 1n),
    };
  if (extent === 'regular' && fixed && !table.isCut) {
    const { millis, originMs } = fixed;
    const sinceMs = ((originMs % millis) + millis) % millis;
    if (startMs >= sinceMs) {
      const elapsed =
        sinceMs === 0 ? sql`epoch_us(${scope.time})` : sql`(epoch_us(${scope.time}) - ${micros(sinceMs)})`;
      return {
        key: sql`(${elapsed} // ${micros(millis)})`,
        isNumber: true,
        startOf: (number) => sql`(${number} * ${BigInt(millis)} + ${BigInt(sinceMs)})`,
      };
    }
  }
  return { key: floor(scope.time), isNumber: false, startOf: (key) => sql`epoch_ms(${key})` };
}

/** How buckets are numbered by the minutes of the rows; undefined where rows have none, or buckets are of other lengths. */
export const minutesOf = ({ table, startMs }: Source, buckets: Buckets): NumberedBuckets | undefined =>
  table.minute && numberedByMinute(buckets, table.isCut ? undefined : startMs);

const micros = (ms: number) => BigInt(ms) * 1000n;
