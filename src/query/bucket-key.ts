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

/** Numbers where the intervals leave no earlier row than have one. */
export function bucketKeyOf({ table, startMs, scope }: Source, { floor, counted }: Buckets): BucketKey {
  if (counted && !table.isCut && startMs >= counted.sinceMs) {
    const key = counted.number(scope.time);
    return { key, isNumber: true, startMs: counted.startMs(key) };
  }
  const key = floor(scope.time);
  return { key, isNumber: false, startMs: sql`epoch_ms(${key})` };
}
