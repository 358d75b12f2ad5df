/** What rows are grouped by when they are put into buckets of time. */
import type { Buckets } from '../catalog/index.ts';
import { type Sql, sql } from '../sql.ts';
import type { Source } from './source.ts';

export interface BucketKey {
  /** The same for all rows of a bucket, and for no others. */
  readonly key: Sql;
  /** Whether it is the bucket's number, found from the row's minute or from its time, or the bucket's start. */
  readonly by: 'minute' | 'number' | 'start';
  /** The bucket's start in milliseconds, of the key or a column that holds it. */
  startOf(key: Sql): Sql;
}

const minuteMs = 60_000;

/**
 * Numbers where the intervals leave no earlier row than have one: the engine finds a row's number in half the time that it takes to find its
 * bucket's start, and in less from its minute. Number 0 has the first bucket that does not start before 1970, as division rounds towards 0.
 */
export function bucketKeyOf({ table, startMs, scope }: Source, { extent, floor, fixed }: Buckets): BucketKey {
  if (extent === 'regular' && fixed && !table.isCut) {
    const { millis, originMs } = fixed;
    const sinceMs = ((originMs % millis) + millis) % millis;
    if (startMs >= sinceMs) {
      const { minute } = table;
      const isOfMinutes = minute !== undefined && millis % minuteMs === 0 && sinceMs % minuteMs === 0;
      const time = isOfMinutes ? minute : sql`epoch_us(${scope.time})`;
      const inUnit = (ms: number) => (isOfMinutes ? BigInt(ms / minuteMs) : BigInt(ms) * 1000n);
      const elapsed = sinceMs === 0 ? time : sql`(${time} - ${inUnit(sinceMs)})`;
      return {
        key: millis === minuteMs && isOfMinutes ? elapsed : sql`(${elapsed} // ${inUnit(millis)})`,
        by: isOfMinutes ? 'minute' : 'number',
        startOf: (key) => sql`(${key} * ${BigInt(millis)} + ${BigInt(sinceMs)})`,
      };
    }
  }
  return { key: floor(scope.time), by: 'start', startOf: (key) => sql`epoch_ms(${key})` };
}
