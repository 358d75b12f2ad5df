/** Times, which are longs of milliseconds since 1970 in UTC. Beyond the engine's calendar is null. */
import { type Sql, sql } from '../../../sql.ts';
import { type Buckets, periodBuckets } from '../../buckets.ts';
import { tokenizeJoda } from '../../joda.ts';
import { printJoda } from '../../joda-print.ts';
import { parsePeriod } from '../../period.ts';
import { parseInstant } from '../../time.ts';
import { isoTimestamp, jodaTimestamp } from '../../timestamps.ts';
import { canonicalZone, changeLocal, toLocal } from '../../zone.ts';
import { arg, type Call, type ExpressionFunction } from '../function.ts';
import { asLong, asString, long, string, type Typed } from '../typed.ts';

const functions: ExpressionFunction[] = [
  {
    name: 'timestamp',
    args: 'expr[, format]',
    arity: [1, 2],
    summary: 'The time that a text writes, in ISO 8601 or by a Joda pattern; null where it is none.',
    example: { expression: `timestamp('2018-03-06')`, result: 1520294400000 },
    compile: (args, call) => long(sql`epoch_ms(${parseTime(args, call)})`),
  },
  {
    name: 'timestamp_ceil',
    args: 'expr, period[, origin[, timezone]]',
    arity: [2, 4],
    summary: 'The time rounded up to a bucket of the period.',
    example: { expression: `timestamp_ceil(timestamp('2018-03-06T09:57:58Z'), 'PT1H')`, result: 1520330400000 },
    compile(args, call) {
      const buckets = bucketsOf(call);
      const time = timeOf(arg(args, 0));
      const start = buckets.floor(time);
      return long(sql`epoch_ms(CASE WHEN ${start} = ${time} THEN ${time} ELSE ${buckets.next(start)} END)`);
    },
  },
  {
    name: 'timestamp_extract',
    args: 'expr, unit[, timezone]',
    arity: [2, 3],
    summary:
      "A part of the time as a number: 'EPOCH', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'DOW' (Monday is 1), 'DOY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR' and others.",
    example: { expression: `timestamp_extract(timestamp('2018-03-06T23:30:00Z'), 'DAY', 'Europe/Berlin')`, result: 7 },
    compile(args, call) {
      const unit = (call.text(1) ?? '').toUpperCase();
      const part = units.get(unit);
      if (!part) throw call.fail(1, `expected one of ${[...units.keys()].join(', ')}, got '${unit}'`);
      const time = timeOf(arg(args, 0));
      if (unit === 'EPOCH') return long(sql`(epoch_ms(${time}) // 1000)`);
      // Without the seconds, which the engine counts in.
      if (unit === 'MILLISECOND') return long(sql`(date_part('millisecond', ${time}) % 1000)`);
      return long(sql`CAST(floor(date_part(${part}, ${toLocal(zone(call, 2), time)})) AS BIGINT)`);
    },
  },
  {
    name: 'timestamp_floor',
    args: 'expr, period[, origin[, timezone]]',
    arity: [2, 4],
    summary: 'The time rounded down to a bucket of the period.',
    example: { expression: `timestamp_floor(timestamp('2018-03-06T09:57:58Z'), 'PT1H')`, result: 1520326800000 },
    compile: (args, call) => long(sql`epoch_ms(${bucketsOf(call).floor(timeOf(arg(args, 0)))})`),
  },
  {
    name: 'timestamp_format',
    args: 'expr[, pattern[, timezone]]',
    arity: [1, 3],
    summary: 'The time as text, in ISO 8601 or by a Joda pattern, on the clock of the time zone.',
    example: {
      expression: `timestamp_format(1520330278000, 'dd.MM.yyyy HH:mm', 'Europe/Berlin')`,
      result: '06.03.2018 10:57',
    },
    compile(args, call) {
      const timeZone = zone(call, 2);
      const pattern = call.text(1) ?? `yyyy-MM-dd'T'HH:mm:ss.SSS${timeZone === 'UTC' ? "'Z'" : 'ZZ'}`;
      const tokens = tokenizeJoda(pattern);
      if (!tokens) throw call.fail(1, `expected a Joda pattern such as 'yyyy-MM-dd', got '${pattern}'`);
      return string(printJoda({ tokens, timeZone, locale: 'en' }, timeOf(arg(args, 0))));
    },
  },
  {
    name: 'timestamp_parse',
    args: 'text[, pattern[, timezone]]',
    arity: [1, 3],
    summary:
      'The time that a text writes, in ISO 8601 or SQL format or by a Joda pattern, in a time zone where it names no offset.',
    example: {
      expression: `timestamp_parse('06.03.2018 10:57', 'dd.MM.yyyy HH:mm', 'Europe/Berlin')`,
      result: 1520330220000,
    },
    compile: (args, call) => long(sql`epoch_ms(${parseTime(args, call)})`),
  },
  {
    name: 'timestamp_shift',
    args: 'expr, period, step[, timezone]',
    arity: [3, 4],
    summary: 'The time shifted by so many periods, on the clock of the time zone.',
    example: { expression: `timestamp_shift(timestamp('2018-01-31'), 'P1M', 1)`, result: 1519776000000 },
    compile(args, call) {
      const period = parsePeriod(call.text(1) ?? '');
      if (!period) throw call.fail(1, `expected an ISO 8601 period such as 'P1D', got '${call.text(1)}'`);
      const clock = zone(call, 3);
      const step = asLong(arg(args, 2));
      const months = sql`to_months(CAST(${step} * ${period.months} AS INTEGER))`;
      const days = sql`to_days(CAST(${step} * ${period.days} AS INTEGER))`;
      const shifted = changeLocal(clock, timeOf(arg(args, 0)), (local) => sql`(${local} + ${months} + ${days})`);
      return long(sql`TRY(epoch_ms(${shifted}) + ${step} * ${period.millis})`);
    },
  },
  {
    name: 'subtract_months',
    args: 'expr1, expr2, timezone',
    arity: [3, 3],
    summary: 'How many whole months lie between the second time and the first, on the clock of the time zone.',
    example: {
      expression: `subtract_months(timestamp('2018-03-30'), timestamp('2018-01-31'), 'UTC')`,
      result: 1,
    },
    compile(args, call) {
      const [to, from] = [arg(args, 0), arg(args, 1)].map((time) => toLocal(zone(call, 2), timeOf(time)));
      return long(sql`datesub('month', ${from as Sql}, ${to as Sql})`);
    },
  },
  {
    name: 'unix_timestamp',
    args: 'expr[, format]',
    arity: [1, 2],
    summary: 'As timestamp, in seconds.',
    example: { expression: `unix_timestamp('2018-03-06')`, result: 1520294400 },
    compile: (args, call) => long(sql`(epoch_ms(${parseTime(args, call)}) // 1000)`),
  },
];

export default functions;

const units = new Map<string, string>([
  ...[
    'SECOND',
    'MINUTE',
    'HOUR',
    'DAY',
    'DOY',
    'WEEK',
    'MONTH',
    'QUARTER',
    'YEAR',
    'DECADE',
    'CENTURY',
    'MILLENNIUM',
    'EPOCH',
  ].map((unit) => [unit, unit.toLowerCase()] as const),
  ['MILLISECOND', 'millisecond'],
  // As Druid has it.
  ['ISOYEAR', 'year'],
  ['DOW', 'isodow'],
  ['ISODOW', 'isodow'],
]);

const timeOf = (millis: Typed): Sql => sql`TRY(make_timestamp_ms(${asLong(millis)}))`;

const zone = (call: Call, index: number): string => canonicalZone(call.text(index) ?? 'UTC');

function parseTime(args: readonly Typed[], call: Call): Sql {
  const pattern = call.text(1);
  const text = asString(arg(args, 0));
  if (pattern === undefined) return isoTimestamp(text, { blank: true, zone: zone(call, 2) });
  const time = jodaTimestamp(pattern, text, zone(call, 2));
  if (!time) throw call.fail(1, `expected a Joda pattern such as 'yyyy-MM-dd', got '${pattern}'`);
  return time;
}

function bucketsOf(call: Call): Buckets {
  const period = parsePeriod(call.text(1) ?? '');
  const origin = originOf(call);
  const buckets = period && periodBuckets(period, zone(call, 3), origin);
  if (!buckets) throw call.fail(1, `expected a positive ISO 8601 period such as 'PT1H', got '${call.text(1) ?? ''}'`);
  return buckets;
}

/** Milliseconds, or a time in ISO 8601. */
function originOf(call: Call): number | undefined {
  const text = call.text(2);
  if (text === undefined || text === '') return undefined;
  const origin = parseInstant(text);
  if (origin === undefined) throw call.fail(2, `expected a time such as '2018-01-01T00:00:00Z', got '${text}'`);
  return origin;
}
