/**
 * Up to when a supervisor's tasks take events. Which pushed events are too late or too early is judged when they are pushed; what was
 * acknowledged then has to be kept by Druid, also when it is read later than it came. So the tasks' bounds are wider by a day. Of
 * the users' own topics they are the only judges.
 *
 * A task takes what is at most `late` before its creation, and at most `taskDuration` and `early` after it:
 * https://druid.apache.org/docs/latest/ingestion/supervisor#io-configuration
 */
import type { Checked } from '../catalog/index.ts';
import { parsePeriod } from '../catalog/period.ts';
import type { DataSource } from '../spec/data-source.ts';

export interface RejectionPeriods {
  readonly lateMessageRejectionPeriod: string;
  readonly earlyMessageRejectionPeriod: string;
}

const dayMs = 86_400_000;

/**
 * Undefined where the clock bounds nothing.
 * @param areJudged whether the door has judged the events.
 */
export function rejectionPeriods(
  { window, segmentGranularity }: DataSource,
  areJudged: boolean,
): RejectionPeriods | undefined {
  if (window.policy !== 'serverTime') return undefined;
  const bucketMs = areJudged || window.rule === 'bucket' ? longestBucketMs(segmentGranularity) : 0;
  if (bucketMs === undefined) return undefined;
  const period = `PT${Math.ceil((window.periodMs + bucketMs + (areJudged ? dayMs : 0)) / 1000)}S`;
  return { lateMessageRejectionPeriod: period, earlyMessageRejectionPeriod: period };
}

const lengths: Readonly<Record<string, string>> = {
  none: 'PT0S',
  second: 'PT1S',
  minute: 'PT1M',
  five_minute: 'PT5M',
  ten_minute: 'PT10M',
  fifteen_minute: 'PT15M',
  thirty_minute: 'PT30M',
  hour: 'PT1H',
  six_hour: 'PT6H',
  eight_hour: 'PT8H',
  day: 'P1D',
  week: 'P1W',
  month: 'P1M',
  quarter: 'P3M',
  year: 'P1Y',
};

/** At most; undefined where there is one bucket for everything. */
function longestBucketMs({ entry, spec }: Checked<'granularity'>): number | undefined {
  const given = spec as { readonly period?: string; readonly duration?: number };
  if (given.duration !== undefined) return given.duration;
  const period = parsePeriod(given.period ?? lengths[entry.type] ?? '');
  // A day on a zone's clock can be an hour longer; no month has more than 31 days.
  return period && Math.ceil((period.months * 31 + period.days) * (25 / 24)) * dayMs + period.millis;
}
