/**
 * Text → TIMESTAMP in UTC, as Joda-Time reads it: ISO 8601, and its own date patterns. NULL where the text is no such time.
 *
 * A regular expression takes the text apart, and the parts are put together again; nothing here can raise an error of the engine.
 */
import { ident, join, type Sql, sql } from '../sql.ts';
import { type JodaToken, tokenizeJoda } from './joda.ts';
import { fromLocal } from './zone.ts';

/** What a text may tell of a time. Each is a group of the regular expression; an empty text where it is not given. */
type Part =
  | ('year' | 'shortYear' | 'month' | 'monthName' | 'day' | 'dayOfYear' | 'weekYear' | 'week' | 'weekday')
  | ('hour' | 'hourOfHalf' | 'half' | 'minute' | 'second' | 'fraction' | 'offset' | 'zoneName');

interface Format {
  readonly regex: string;
  readonly parts: readonly Part[];
}

const isoOffset = String.raw`Z|[+-]\d{2}(?::?\d{2})?`;
const isoTime = String.raw`(?:([01]?\d|2[0-3])(?::([0-5]?\d)(?::([0-5]?\d))?)?(?:[.,](\d+))?)?(${isoOffset})?`;
const isoDate = String.raw`([+-]?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?|-(\d{3})|-W(\d{1,2})(?:-(\d))?)?`;
const isoParts: readonly Part[] = [
  'year',
  'month',
  'day',
  'dayOfYear',
  'week',
  'weekday',
  'hour',
  'minute',
  'second',
  'fraction',
  'offset',
];

/** The names that Java's TimeZone and Joda know, less those of which nobody writes timestamps. */
const trailingZone = String.raw`(?: (?:[A-Z][A-Za-z]+/[\w/+-]+|UTC|UCT|GMT|[ECMPHA]ST|[CEMW]ET|[IJ]ST|Z))?`;

const isoFormat: Format = { regex: `^${isoDate}(?:T${isoTime})?$`, parts: isoParts };
const autoFormat: Format = { regex: `^${isoDate}(?:[T ]${isoTime})?${trailingZone}$`, parts: isoParts };

/**
 * Joda's ISO 8601 parser: `2018`, `2018-03-02T05`, `2018-W10-2`, `2018-061`, `2018-03-02T00:00:00,5+01:00`.
 * `blank`: a space may stand for the T, and a time zone's name may follow, which Druid does not heed.
 */
export function isoTimestamp(text: Sql, options: { readonly blank: boolean; readonly zone?: string }): Sql {
  return readFormat(text, options.blank ? autoFormat : isoFormat, options.zone ?? 'UTC');
}

/** A Joda pattern; undefined for a pattern that means nothing or that we cannot read by. Without an offset the text is of the zone. */
export function jodaTimestamp(pattern: string, text: Sql, zone = 'UTC'): Sql | undefined {
  const tokens = tokenizeJoda(pattern);
  const pieces = tokens?.map((token, index) => pieceOf(token, isDigits(tokens[index + 1])));
  if (!pieces || pieces.length === 0 || pieces.includes(undefined)) return undefined;
  const all = pieces as Piece[];
  const parts = all.flatMap(({ part }) => (part ? [part] : []));
  if (new Set(parts).size < parts.length) return undefined;
  return readFormat(text, { regex: `(?i)^${all.map(({ regex }) => regex).join('')}$`, parts }, zone);
}

interface Piece {
  readonly regex: string;
  readonly part?: Part;
}

const numberParts: Readonly<Record<string, Part>> = {
  M: 'month',
  d: 'day',
  D: 'dayOfYear',
  w: 'week',
  e: 'weekday',
  H: 'hour',
  k: 'hour',
  h: 'hourOfHalf',
  K: 'hourOfHalf',
  m: 'minute',
  s: 'second',
};

/** As Joda parses: numbers may have fewer digits than the pattern's letters, unless another number follows at once. */
function pieceOf(token: JodaToken, digitsFollow: boolean): Piece | undefined {
  if (token.kind === 'text') return { regex: RegExp.escape(token.text) };
  const { letter, count } = token;
  const digits = (most: number) =>
    digitsFollow ? String.raw`(\d{${count}})` : String.raw`(\d{1,${Math.max(most, count)}})`;
  switch (letter) {
    case 'y':
    case 'Y':
    case 'x': {
      const full = letter === 'x' ? 'weekYear' : 'year';
      if (count === 2) return letter === 'x' ? undefined : { regex: String.raw`(\d{2})`, part: 'shortYear' };
      return { regex: digitsFollow ? digits(count) : String.raw`([+-]?\d{1,9})`, part: full };
    }
    case 'M':
      return count > 2 ? { regex: '([A-Za-z]{3,9})', part: 'monthName' } : { regex: digits(2), part: 'month' };
    case 'E':
      return { regex: '[A-Za-z]{3,9}' };
    case 'a':
      return { regex: '(AM|PM)', part: 'half' };
    case 'S':
      return { regex: String.raw`(\d{1,${count}})`, part: 'fraction' };
    case 'Z':
      // The engine fails on a zone's name that it does not know, so that names from events cannot be let through to it.
      return count > 2 ? undefined : { regex: `(${isoOffset})`, part: 'offset' };
    case 'z':
      return { regex: `(${Object.keys(zoneNames).join('|')})`, part: 'zoneName' };
    case 'G':
      return { regex: '(?:AD|CE)' };
    default: {
      const part = numberParts[letter];
      return part && { regex: digits(letter === 'D' ? 3 : 2), part };
    }
  }
}

const isDigits = (token: JodaToken | undefined): boolean =>
  token?.kind === 'field' && !'EaGzZ'.includes(token.letter) && !(token.letter === 'M' && token.count > 2);

/** Joda's names of zones; PST is a zone with summer time, not an offset. */
const zoneNames: Readonly<Record<string, string>> = {
  UTC: 'UTC',
  GMT: 'UTC',
  UT: 'UTC',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
};

function readFormat(text: Sql, { regex, parts }: Format, zone: string): Sql {
  const [first] = parts;
  if (first === undefined) return sql`NULL::TIMESTAMP`;
  const split = sql`regexp_extract(${text}, ${regex}, [${join(parts.map((part) => sql`${part}`))}])`;
  // A text that does not match gives empty parts. The first part of every format is one that cannot be empty in a match.
  const time = sql`CASE WHEN p.${ident(first)} <> '' THEN ${timeOf(new Set(parts), zone)} END`;
  // Bound by a lambda, so that the text is taken apart once.
  return sql`list_transform([${split}], lambda p: ${time})[1]`;
}

function timeOf(parts: ReadonlySet<Part>, zone: string): Sql {
  const part = (name: Part) => sql`p.${ident(name)}`;
  const number = (name: Part, absent: number) =>
    parts.has(name) ? sql`coalesce(TRY_CAST(${part(name)} AS BIGINT), ${absent})` : sql`${absent}`;
  const millis = sql`epoch_ms(CAST(${dateOf(parts, part, number)} AS TIMESTAMP)) + ${millisOfDay(parts, part, number)}`;
  const local = sql`TRY(make_timestamp_ms(CAST(${millis} AS BIGINT)))`;
  const zoned = zonedTime(parts, part, local, zone);
  if (!parts.has('offset')) return zoned;
  const offset = part('offset');
  const minutes = sql`(CAST(${offset}[2:3] AS BIGINT) * 60 + coalesce(TRY_CAST(right(replace(${offset}[4:], ':', ''), 2) AS BIGINT), 0))`;
  const shift = sql`CASE WHEN upper(${offset}) = 'Z' THEN 0 WHEN starts_with(${offset}, '-') THEN -1 * ${minutes} ELSE ${minutes} END`;
  return sql`CASE WHEN ${offset} = '' THEN ${zoned} ELSE TRY(make_timestamp_ms(CAST(${millis} - 60000 * (${shift}) AS BIGINT))) END`;
}

type PartSql = (name: Part) => Sql;
type NumberSql = (name: Part, absent: number) => Sql;

function zonedTime(parts: ReadonlySet<Part>, part: PartSql, local: Sql, zone: string): Sql {
  if (!parts.has('zoneName')) return fromLocal(zone, local);
  const cases = Object.entries(zoneNames).map(([name, id]) => sql`WHEN ${name} THEN ${fromLocal(id, local)}`);
  return sql`CASE upper(${part('zoneName')}) ${join(cases, ' ')} END`;
}

/** As Joda: without a year it is 2000 where a month or day is given, else 1970; two digits are within fifty years of 2020. */
function dateOf(parts: ReadonlySet<Part>, part: PartSql, number: NumberSql): Sql {
  const dated = parts.has('month') || parts.has('monthName') || parts.has('day');
  const shortYear = sql`CASE WHEN ${number('shortYear', 0)} < 70 THEN 2000 ELSE 1900 END + ${number('shortYear', 0)}`;
  const year = parts.has('shortYear') ? shortYear : number('year', dated ? 2000 : 1970);
  const month = parts.has('monthName')
    ? sql`list_position(${months}, lower(${part('monthName')}[:3]))`
    : number('month', 1);
  const calendar = sql`TRY(make_date(${year}, ${month}, ${number('day', 1)}))`;
  if (!parts.has('week') && !parts.has('dayOfYear')) return calendar;
  const weekYear = parts.has('weekYear') ? number('weekYear', 1970) : year;
  const firstMonday = sql`TRY(CAST(date_trunc('week', make_date(${weekYear}, 1, 4)) AS DATE))`;
  const week = sql`CASE WHEN ${number('week', 1)} BETWEEN 1 AND 53 AND ${number('weekday', 1)} BETWEEN 1 AND 7 THEN ${firstMonday} + CAST((${number('week', 1)} - 1) * 7 + ${number('weekday', 1)} - 1 AS INTEGER) END`;
  const ordinal = sql`CASE WHEN ${number('dayOfYear', 1)} BETWEEN 1 AND 366 THEN TRY(make_date(${year}, 1, 1)) + CAST(${number('dayOfYear', 1)} - 1 AS INTEGER) END`;
  const given = (name: Part) => (parts.has(name) ? sql`${part(name)} <> ''` : sql`false`);
  return sql`CASE WHEN ${given('week')} THEN ${week} WHEN ${given('dayOfYear')} THEN ${ordinal} ELSE ${calendar} END`;
}

function millisOfDay(parts: ReadonlySet<Part>, part: PartSql, number: NumberSql): Sql {
  const twelve = sql`(${number('hourOfHalf', 0)} % 12) + ${parts.has('half') ? sql`CASE upper(${part('half')}) WHEN 'PM' THEN 12 ELSE 0 END` : sql`0`}`;
  // A k counts hours from 1 to 24.
  const hour = parts.has('hourOfHalf') ? twelve : sql`${number('hour', 0)} % 24`;
  const whole = sql`(${hour}) * 3600000 + ${number('minute', 0)} * 60000 + ${number('second', 0)} * 1000`;
  const valid = sql`${number('hour', 0)} <= 24 AND ${number('minute', 0)} < 60 AND ${number('second', 0)} < 60`;
  if (!parts.has('fraction')) return sql`CASE WHEN ${valid} THEN ${whole} END`;
  const given = (name: Part) => (parts.has(name) ? sql`${part(name)} <> ''` : sql`false`);
  // A fraction is of the smallest unit that is given.
  const unit = parts.has('second')
    ? sql`CASE WHEN ${given('second')} THEN 1000 WHEN ${given('minute')} THEN 60000 ELSE 3600000 END`
    : sql`1000`;
  const fraction = sql`coalesce(floor(TRY_CAST('0.' || left(${part('fraction')}, 15) AS DOUBLE) * ${unit}), 0)`;
  return sql`CASE WHEN ${valid} THEN ${whole} + ${fraction} END`;
}

const months = sql`['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']`;
