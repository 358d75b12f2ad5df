/** Instants and intervals as Joda-Time and Druid read and print them. All times are milliseconds since 1970 in UTC. */
import { and, or, type Sql, sql } from '../sql.ts';
import { type Period, parsePeriod } from './period.ts';

/** From `start` up to but not including `end`. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** All of time: half of the range of a Java long, as Druid has it. */
export const eternity: Interval = { start: -(2 ** 62), end: 2 ** 62 };

/** What a JavaScript Date can hold; instants beyond it count as eternity's ends. */
export const maxDateMs = 8_640_000_000_000_000;

const eternityTexts = new Map([
  [eternity.start, '-146136543-09-08T08:23:32.096Z'],
  [eternity.end, '146140482-04-24T15:36:27.903Z'],
]);

const datePattern = /([+-]?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?|-(\d{3})|-W(\d{1,2})(?:-(\d))?)?/;
const timePattern = /T(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?(?:[.,](\d+))?)?(Z|[+-]\d{2}(?::?\d{2})?)?/;
const instantPattern = new RegExp(`^${datePattern.source}(?:${timePattern.source})?$`, 'i');

/**
 * `2018`, `2018-03-02T05`, `2018-W10-2`, `2018-061`, `2018-03-02T00:00:00.000+01:00`; undefined when the text is no ISO 8601
 * instant. Without an offset it is UTC.
 */
export function parseInstant(text: string): number | undefined {
  const match = instantPattern.exec(text.trim());
  if (!match) return undefined;
  const [year, month, day, dayOfYear, week, weekday, hour, minute, second, fraction, offset] = match.slice(1);
  if (Math.abs(Number(year)) > 275_000) return Number(year) < 0 ? eternity.start : eternity.end;
  const date = dayOfYear
    ? ordinalDate(Number(year), Number(dayOfYear))
    : week
      ? weekDate(Number(year), Number(week), Number(weekday ?? 1))
      : calendarDate(Number(year), Number(month ?? 1), Number(day ?? 1));
  const [hours, minutes, seconds] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  if (date === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const unit = second ? 1000 : minute ? 60_000 : 3_600_000;
  const part = fraction ? Math.floor(Number(`0.${fraction}`) * unit) : 0;
  return date + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + part - offsetMs(offset);
}

/** Whether the text of an instant names its offset from UTC, were it `Z`. */
export const namesOffset = (text: string): boolean => instantPattern.exec(text.trim())?.[11] !== undefined;

/** `a/b`, where one of the two may be a period; undefined when the text is no interval or ends before it starts. */
export function parseInterval(text: string): Interval | undefined {
  const [from, to, more] = text.split('/');
  if (from === undefined || to === undefined || more !== undefined) return undefined;
  const [startPeriod, endPeriod] = [parsePeriod(from), parsePeriod(to)];
  let [start, end] = [parseInstant(from), parseInstant(to)];
  if (startPeriod && end !== undefined) start = addPeriod(end, startPeriod, -1);
  if (endPeriod && start !== undefined) end = addPeriod(start, endPeriod, 1);
  return start === undefined || end === undefined || end < start ? undefined : { start, end };
}

/** Sorted, with overlapping and touching ones joined, as Druid condenses them; empty ones fall away. */
export function condenseIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const joined: Interval[] = [];
  for (const interval of intervals.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && interval.start <= last.end)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, interval.end) };
    else joined.push(interval);
  }
  return joined;
}

/** `2018-03-06T09:57:58.000Z`, or with the offset of a zone's wall clock, `2018-03-06T10:57:58.000+01:00`. */
export function formatInstant(ms: number, offset = 0): string {
  const endless = eternityTexts.get(ms);
  if (endless) return endless;
  const local = isoText(ms + offset);
  // Years beyond four digits: JavaScript writes +012018 and -000001, Joda 12018 and -0001.
  const text = /^[+-]/.test(local) ? local.replace(/^\+?(-?)0*(?=\d{4})/, '$1') : local;
  return offset === 0 ? text : `${text.slice(0, -1)}${formatOffset(offset)}`;
}

/** As JavaScript writes it; also beyond its own range of dates, by the calendar's cycle of 400 years. */
function isoText(ms: number): string {
  const cycles = Math.abs(ms) > maxDateMs ? Math.trunc(ms / cycleMs) : 0;
  const text = new Date(ms - cycles * cycleMs).toISOString();
  if (cycles === 0) return text;
  const year = Number(text.slice(0, text.indexOf('-', 1))) + 400 * cycles;
  return `${year < 0 ? '-' : '+'}${Math.abs(year)}${text.slice(text.indexOf('-', 1))}`;
}

const cycleMs = 146_097 * 86_400_000;

export function formatInterval({ start, end }: Interval): string {
  return `${formatInstant(start)}/${formatInstant(end)}`;
}

/** A TIMESTAMP literal. Instants beyond the engine's range give its ends. */
export function timestampLiteral(ms: number): Sql {
  return sql`make_timestamp_ms(${Math.max(-maxDateMs, Math.min(maxDateMs, ms))})`;
}

/** Whether a TIMESTAMP lies in one of the intervals: plain comparisons, so that the engine can skip blocks of rows. */
export function withinIntervals(time: Sql, intervals: readonly Interval[]): Sql {
  return or(intervals.map((interval) => withinInterval(time, interval)));
}

function withinInterval(time: Sql, { start, end }: Interval): Sql {
  const conditions = [];
  if (start > -maxDateMs) conditions.push(sql`${time} >= ${timestampLiteral(start)}`);
  if (end < maxDateMs) conditions.push(sql`${time} < ${timestampLiteral(end)}`);
  return and(conditions);
}

function calendarDate(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function ordinalDate(year: number, dayOfYear: number): number | undefined {
  const [start, next] = [calendarDate(year, 1, 1), calendarDate(year + 1, 1, 1)] as [number, number];
  const date = start + (dayOfYear - 1) * 86_400_000;
  return dayOfYear >= 1 && date < next ? date : undefined;
}

/** ISO weeks: the first one holds 4 January, and a week begins on Monday. */
function weekDate(weekYear: number, week: number, weekday: number): number | undefined {
  if (week < 1 || weekday < 1 || weekday > 7) return undefined;
  const firstMonday = (year: number) => {
    const fourth = calendarDate(year, 1, 4) as number;
    return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * 86_400_000;
  };
  const date = firstMonday(weekYear) + ((week - 1) * 7 + weekday - 1) * 86_400_000;
  return date < firstMonday(weekYear + 1) ? date : undefined;
}

function addPeriod(ms: number, period: Period, sign: 1 | -1): number {
  const from = new Date(ms);
  const month = from.getUTCMonth() + sign * period.months;
  const to = new Date(ms);
  to.setUTCFullYear(from.getUTCFullYear(), month, 1);
  // A month later than 31 January is the last of February.
  const lastDay = new Date(to);
  lastDay.setUTCMonth(to.getUTCMonth() + 1, 0);
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay.getUTCDate()));
  return to.getTime() + sign * (period.days * 86_400_000 + period.millis);
}

function offsetMs(offset: string | undefined): number {
  if (!offset || /^z$/i.test(offset)) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0);
  return (offset.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function formatOffset(offset: number): string {
  const minutes = Math.trunc(Math.abs(offset) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
