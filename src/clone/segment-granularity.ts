/** By which granularity segments were made: the finest one of which each segment lies within one bucket. */
import type { Interval } from '../catalog/time.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const every =
  (ms: number, offset = 0) =>
  (time: number): number =>
    Math.floor((time + offset) / ms);
const months =
  (count: number) =>
  (time: number): number => {
    const date = new Date(time);
    return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / count);
  };

/** Name → number of the bucket that a time falls into; from the finest to the coarsest. */
const buckets: readonly (readonly [string, (time: number) => number])[] = [
  ['second', every(second)],
  ['minute', every(minute)],
  ['five_minute', every(5 * minute)],
  ['ten_minute', every(10 * minute)],
  ['fifteen_minute', every(15 * minute)],
  ['thirty_minute', every(30 * minute)],
  ['hour', every(hour)],
  ['six_hour', every(6 * hour)],
  ['eight_hour', every(8 * hour)],
  ['day', every(day)],
  // Weeks begin on Mondays, and 1970 on a Thursday.
  ['week', every(7 * day, 3 * day)],
  ['month', months(1)],
  ['quarter', months(3)],
  ['year', months(12)],
];

export function segmentGranularity(segments: readonly Interval[]): string {
  const found = buckets.find(([, bucketOf]) =>
    segments.every(({ start, end }) => bucketOf(start) === bucketOf(end - 1)),
  );
  return found?.[0] ?? 'all';
}
