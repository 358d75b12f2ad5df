/** How time falls into buckets: the SQL behind every granularity. */
import { type Sql, sql } from '../sql.ts';
import type { Period } from './period.ts';
import { fromLocal, offsetMillis, toLocal } from './zone.ts';

/** A compiled granularity: how time falls into buckets. All SQL here is TIMESTAMP in UTC. */
export interface Buckets {
  /** `all`: one bucket for everything. `none`: one for each millisecond. */
  readonly extent: 'all' | 'none' | 'regular';
  /** IANA name in which periods are counted and answers are printed. */
  readonly timeZone: string;
  /** Where all are of one length in real time: that, and a bucket's start. In milliseconds. */
  readonly fixed?: { readonly millis: number; readonly originMs: number };
  /** Start of the bucket that holds this time. For `all`, a NULL TIMESTAMP. */
  floor(time: Sql): Sql;
  /** Start of the bucket after the one that starts here. */
  next(bucket: Sql): Sql;
}

export const allBuckets: Buckets = {
  extent: 'all',
  timeZone: 'UTC',
  floor: () => sql`NULL::TIMESTAMP`,
  next: () => sql`NULL::TIMESTAMP`,
};
export const noneBuckets: Buckets = {
  extent: 'none',
  timeZone: 'UTC',
  fixed: { millis: 1, originMs: 0 },
  floor: (time) => time,
  next: (bucket) => sql`(${bucket} + to_milliseconds(1))`,
};

/** Units for which the engine's date_trunc agrees with counting from 1970, and is faster. */
const truncations = new Map([
  [1000, 'second'],
  [60_000, 'minute'],
  [3_600_000, 'hour'],
  [86_400_000, 'day'],
]);

/** Buckets of equal length in real time, counted from an instant. */
export function fixedBuckets(millis: number, originMs: number, timeZone = 'UTC'): Buckets {
  const unit = originMs % millis === 0 ? truncations.get(millis) : undefined;
  const sinceBucket = (time: Sql) => sql`((epoch_ms(${time}) - ${originMs}) % ${millis} + ${millis}) % ${millis}`;
  return {
    extent: 'regular',
    timeZone,
    fixed: { millis, originMs },
    floor: (time) =>
      unit ? sql`date_trunc(${unit}, ${time})` : sql`make_timestamp_ms(epoch_ms(${time}) - (${sinceBucket(time)}))`,
    next: (bucket) => sql`(${bucket} + to_milliseconds(${millis}))`,
  };
}

/** How buckets of equal length are numbered by a row's minute. */
export interface NumberedBuckets {
  /** `minute`: the whole minutes since 1970, negative before. */
  numberOf(minute: Sql): Sql;
  /** So many units in a millisecond. */
  startOf(number: Sql, perMs: bigint): Sql;
}

const minuteMs = 60_000;
/** No time of the engine's is so many minutes away from 1970. */
const endOfTimeMinutes = 2e11;

/**
 * Undefined where the buckets' bounds are not whole minutes.
 * @param earliestMs no row is before it.
 */
export function numberedByMinute(
  { fixed }: Buckets,
  earliestMs = Number.NEGATIVE_INFINITY,
): NumberedBuckets | undefined {
  if (!fixed || fixed.millis % minuteMs !== 0 || fixed.originMs % minuteMs !== 0) return undefined;
  const size = fixed.millis / minuteMs;
  const since = (((fixed.originMs / minuteMs) % size) + size) % size;
  // Division rounds towards 0: it begins at a bucket before all rows.
  const first = earliestMs >= since * minuteMs ? since : since - size * Math.ceil(endOfTimeMinutes / size);
  const isOfMinutes = size === 1;
  return {
    numberOf: (minute) => {
      if (isOfMinutes) return minute;
      const elapsed = first === 0 ? minute : sql`(${minute} - ${BigInt(first)})`;
      return sql`(${elapsed} // ${BigInt(size)})`;
    },
    startOf: (number, perMs) => {
      const elapsed = isOfMinutes ? number : sql`(${number} * ${BigInt(size)})`;
      const minute = isOfMinutes || first === 0 ? elapsed : sql`(${elapsed} + ${BigInt(first)})`;
      return sql`(${minute} * ${BigInt(minuteMs) * perMs})`;
    },
  };
}

/** Buckets of months or days on a zone's wall clock. `origin` is a local date and time, `1970-01-01 00:00:00` by default. */
function calendarBuckets(period: Period, timeZone: string, origin: string): Buckets {
  const step = period.months === 0 ? sql`to_days(${period.days})` : sql`to_months(${period.months})`;
  return {
    extent: 'regular',
    timeZone,
    floor: (time) => fromLocal(timeZone, sql`time_bucket(${step}, ${toLocal(timeZone, time)}, ${origin}::TIMESTAMP)`),
    next: (bucket) => fromLocal(timeZone, sql`(${toLocal(timeZone, bucket)} + ${step})`),
  };
}

/**
 * Buckets of a period in a zone, as Druid's PeriodGranularity: periods below a day count real time from 1970-01-01 on the
 * zone's clock, days and months count on the calendar, a single week begins on Monday.
 * Undefined for a period that mixes months with shorter units, which Druid refuses too, or is not positive.
 */
export function periodBuckets(period: Period, timeZone: string, originMs?: number): Buckets | undefined {
  const { months, days, millis } = period;
  if (months < 0 || days < 0 || millis < 0 || (months > 0 && (days > 0 || millis > 0))) return undefined;
  if (millis > 0) return fixedBuckets(days * 86_400_000 + millis, originMs ?? -offsetMillis(timeZone, 0), timeZone);
  if (months === 0 && days === 0) return undefined;
  if (months === 0 && timeZone === 'UTC' && days === 1 && originMs === undefined) return fixedBuckets(86_400_000, 0);
  return calendarBuckets(
    period,
    timeZone,
    originMs === undefined ? defaultOrigin(days) : localText(originMs, timeZone),
  );
}

function defaultOrigin(days: number): string {
  return days === 7 ? '1969-12-29 00:00:00' : '1970-01-01 00:00:00';
}

function localText(instantMs: number, timeZone: string): string {
  return new Date(instantMs + offsetMillis(timeZone, instantMs)).toISOString().replace('T', ' ').replace('Z', '');
}
