/** Times. https://druid.apache.org/docs/latest/querying/sql-scalar#date-and-time-functions */
import { numberedByMinute, periodBuckets } from '../../../catalog/buckets.ts';
import { parsePeriod } from '../../../catalog/period.ts';
import { namesOffset, parseInterval, timestampLiteral } from '../../../catalog/time.ts';
import { changeLocal, fromLocal, offsetMillis, toLocal } from '../../../catalog/zone.ts';
import { type Sql, sql } from '../../../sql.ts';
import { textLiteral } from '../literals.ts';
import { besideOf, bigint, boolean, cast, catalogValue, type Expr, isTime, literalTime, timestamp } from '../types.ts';
import { arg, type Call, native, type ScalarFunction, zoneOf } from './define.ts';

const functions: ScalarFunction[] = [
  {
    takes: ['<TIMESTAMP>, <CHARACTER>, [<TIMESTAMP>, [<CHARACTER>]]'],
    summary: "The begin of the time's bucket, by an ISO 8601 period, an origin and a time zone.",
    names: ['TIME_FLOOR'],
    arity: [2, 4],
    compile: (args, call) => floor(bucketsOf(args, call), asTime(arg(args, 0), call)),
  },
  {
    takes: ['<TIMESTAMP>, <CHARACTER>, [<TIMESTAMP>, [<CHARACTER>]]'],
    summary: "The end of the time's bucket, by an ISO 8601 period, an origin and a time zone.",
    names: ['TIME_CEIL'],
    arity: [2, 4],
    compile: (args, call) => timestamp(ceil(bucketsOf(args, call), timeOf(args, call))),
  },
  {
    takes: ['<CHARACTER>, <TIMESTAMP>'],
    summary: "The begin of the unit `'hour'`, `'day'`, …",
    names: ['DATE_TRUNC'],
    arity: [2, 2],
    compile(args, call) {
      const unit = (call.text(0) ?? '').toLowerCase();
      if (unit === 'milliseconds' || unit === 'microseconds') return asTime(arg(args, 1), call);
      const period = longPeriods[unit] ?? periodOfUnit(unit, call);
      return floor(bucketsOfPeriod(period, call.zone, undefined, call), asTime(arg(args, 1), call));
    },
  },
  {
    takes: ['<TIMESTAMP>, <CHARACTER>, <INTEGER>, [<CHARACTER>]'],
    summary: 'The time moved by so many ISO 8601 periods, on the clock of a time zone.',
    names: ['TIME_SHIFT'],
    arity: [3, 4],
    compile([time, period, step], call) {
      const shifted = native(
        'timestamp_shift',
        [time as Expr, period as Expr, step as Expr, textLiteral(zoneOf(call, 3))],
        call,
      );
      return cast(shifted, 'TIMESTAMP', call.zone);
    },
  },
  {
    takes: ['<TIMESTAMP>, <CHARACTER>, [<CHARACTER>]'],
    summary: "A part of the time as a number: `'HOUR'`, `'DOY'`, …",
    names: ['TIME_EXTRACT'],
    arity: [1, 3],
    compile: (args, call) => extract(arg(args, 0), call.text(1) ?? 'EPOCH', zoneOf(call, 2), call),
  },
  {
    names: ['EXTRACT'],
    parsedAs: 'DATE_PART',
    takes: ['<DATETIME_INTERVAL> FROM <DATETIME_INTERVAL>', '<DATETIME_INTERVAL> FROM <DATETIME>'],
    summary: 'A part of the time as a number: `EXTRACT(HOUR FROM x)`.',
    arity: [2, 2],
    compile: (args, call) => extract(arg(args, 1), call.text(0) ?? '', call.zone, call),
  },
  {
    takes: ['<TIMESTAMP>, [<CHARACTER>, [<CHARACTER>]]'],
    summary: 'The time as text, by a Joda pattern and a time zone; ISO 8601 without them.',
    names: ['TIME_FORMAT'],
    arity: [1, 3],
    compile(args, call) {
      const zone = textLiteral(zoneOf(call, 2));
      const pattern = call.text(1) === undefined ? textLiteral(isoPattern) : arg(args, 1);
      return native('timestamp_format', [asTime(arg(args, 0), call), pattern, zone], call);
    },
  },
  {
    takes: ['<CHARACTER>, [<CHARACTER>, [<CHARACTER>]]'],
    summary: 'The time that a text writes, by a Joda pattern and a time zone; ISO 8601 without them.',
    names: ['TIME_PARSE'],
    arity: [1, 3],
    compile(args, call) {
      const pattern = args[1] ?? { sql: sql`NULL`, type: 'NULL' };
      const millis = native('timestamp_parse', [arg(args, 0), pattern, textLiteral(zoneOf(call, 2))], call);
      return cast(millis, 'TIMESTAMP', call.zone);
    },
  },
  {
    takes: ['<timestamp>, <interval>'],
    summary: 'Whether the time lies in an ISO 8601 interval.',
    names: ['TIME_IN_INTERVAL'],
    arity: [2, 2],
    compile(args, call) {
      const text = call.text(1) ?? '';
      const interval = parseInterval(text);
      if (!interval) throw call.fail("expected an ISO 8601 interval such as '2018-01-01/P1D'");
      // Times without an offset are those of the query's own clock.
      const zone = text.split('/').some(namesOffset) ? 'UTC' : call.zone;
      const [from, to] = [interval.start, interval.end].map((ms) => fromLocal(zone, timestampLiteral(ms)));
      const time = timeOf(args, call);
      return boolean(sql`(${time} >= ${from as Sql} AND ${time} < ${to as Sql})`);
    },
  },
  {
    takes: ['<EXACT_NUMERIC>'],
    summary: 'The time so many milliseconds after 1970.',
    names: ['MILLIS_TO_TIMESTAMP'],
    arity: [1, 1],
    compile: (args, call) => cast(cast(arg(args, 0), 'BIGINT', call.zone), 'TIMESTAMP', call.zone),
  },
  {
    takes: ['<TIMESTAMP>'],
    summary: 'Milliseconds since 1970.',
    names: ['TIMESTAMP_TO_MILLIS'],
    arity: [1, 1],
    compile: (args, call) => bigint(catalogValue(asTime(arg(args, 0), call)).sql),
  },
  {
    takes: ['<ANY>, <INTEGER>, <DATETIME>'],
    summary: 'The time moved by so many units: `TIMESTAMPADD(DAY, 1, x)`.',
    names: ['TIMESTAMPADD'],
    arity: [3, 3],
    compile(args, call) {
      const period = periodOfUnit(call.text(0) ?? '', call);
      const shift = [asTime(arg(args, 2), call), textLiteral(period), arg(args, 1), textLiteral(call.zone)];
      return cast(native('timestamp_shift', shift, call), 'TIMESTAMP', call.zone);
    },
  },
  {
    takes: ['<ANY>, <DATETIME>, <DATETIME>'],
    summary: 'How many whole units lie between two times.',
    names: ['TIMESTAMPDIFF'],
    arity: [3, 3],
    compile(args, call) {
      const unit = (call.text(0) ?? '').toLowerCase();
      periodOfUnit(unit, call);
      const [from, to] = [asTime(arg(args, 1), call).sql, asTime(arg(args, 2), call).sql];
      // Whole units that have passed. Only months and what is made of them are of unequal length.
      const clock = /^(?:MONTH|QUARTER|YEAR)$/i.test(unit) ? call.zone : 'UTC';
      return { sql: sql`datesub(${unit}, ${toLocal(clock, from)}, ${toLocal(clock, to)})`, type: 'INTEGER' };
    },
  },
  {
    takes: [''],
    summary: 'The time of the query.',
    names: ['CURRENT_TIMESTAMP', 'LOCALTIMESTAMP'],
    arity: [0, 0],
    compile: (_, call) => timestamp(timestampLiteral(call.nowMs)),
  },
  {
    takes: [''],
    summary: 'The day of the query.',
    names: ['CURRENT_DATE'],
    arity: [0, 0],
    compile: (_, call) => cast(timestamp(timestampLiteral(call.nowMs)), 'DATE', call.zone),
  },
];

export default functions;

const isoPattern = "yyyy-MM-dd'T'HH:mm:ss.SSSZZ";

/** Of DATE_TRUNC alone. They are counted from 1970. */
const longPeriods: Readonly<Record<string, string>> = { decade: 'P10Y', century: 'P100Y', millennium: 'P1000Y' };

const periods: Readonly<Record<string, string>> = {
  SECOND: 'PT1S',
  MINUTE: 'PT1M',
  HOUR: 'PT1H',
  DAY: 'P1D',
  WEEK: 'P1W',
  MONTH: 'P1M',
  QUARTER: 'P3M',
  YEAR: 'P1Y',
};

function periodOfUnit(unit: string, call: Call): string {
  const period = periods[unit.toUpperCase()];
  if (!period) throw call.fail(`expected one of ${Object.keys(periods).join(', ')}, got '${unit}'`);
  return period;
}

export const floorToUnit = (time: Expr, unit: string, call: Call): Expr =>
  floor(bucketsOfPeriod(periodOfUnit(unit, call), call.zone, undefined, call), asTime(time, call));

export const ceilToUnit = (time: Expr, unit: string, call: Call): Expr =>
  timestamp(ceil(bucketsOfPeriod(periodOfUnit(unit, call), call.zone, undefined, call), asTime(time, call).sql));

function asTime(expr: Expr, call: Call): Expr {
  if (isTime(expr) || expr.type === 'VARCHAR' || expr.type === 'NULL') return cast(expr, 'TIMESTAMP', call.zone);
  throw call.fail(`expected a TIMESTAMP, got a ${expr.type}`);
}

const timeOf = (args: readonly Expr[], call: Call): Sql => asTime(arg(args, 0), call).sql;

type Buckets = NonNullable<ReturnType<typeof periodBuckets>>;

/** By the time's minute where that stands beside it. */
function floor(buckets: Buckets, time: Expr): Expr {
  const minutes = besideOf(time, 'minutes');
  const numbered = minutes && numberedByMinute(buckets);
  if (!numbered) return timestamp(buckets.floor(time.sql));
  const number = numbered.numberOf(minutes);
  const value = sql`make_timestamp(${numbered.startOf(number, 1000n)})`;
  return { ...timestamp(value), numbered: { from: number, value } };
}

const ceil = (buckets: Buckets, time: Sql): Sql =>
  sql`CASE WHEN ${buckets.floor(time)} = ${time} THEN ${time} ELSE ${buckets.next(buckets.floor(time))} END`;

function bucketsOf(args: readonly Expr[], call: Call): Buckets {
  const origin = args[2] && args[2].type !== 'NULL' ? args[2].literal : undefined;
  const localMs = typeof origin === 'string' ? literalTime(origin) : undefined;
  const originMs = localMs === undefined ? undefined : localMs - offsetMillis(call.zone, localMs);
  if (args[2] && args[2].type !== 'NULL' && originMs === undefined) throw call.gap('an origin that is no literal');
  return bucketsOfPeriod(call.text(1) ?? '', zoneOf(call, 3), originMs, call);
}

function bucketsOfPeriod(text: string, zone: string, originMs: number | undefined, call: Call): Buckets {
  const period = parsePeriod(text);
  const buckets = period && periodBuckets(period, zone, originMs);
  if (!buckets) throw call.fail(`expected a positive ISO 8601 period such as 'PT1H', got '${text}'`);
  return buckets;
}

function extract(time: Expr, unit: string, zone: string, call: Call): Expr {
  return native('timestamp_extract', [asTime(time, call), textLiteral(unit.toUpperCase()), textLiteral(zone)], call);
}

/** `time + step` on the clock of the zone, where a day may have 23 hours. */
export const shifted = (time: Sql, operator: Sql, interval: Expr, zone: string): Expr =>
  timestamp(
    interval.calendar
      ? changeLocal(zone, time, (local) => sql`(${local} ${operator} ${interval.sql})`)
      : sql`(${time} ${operator} ${interval.sql})`,
  );
