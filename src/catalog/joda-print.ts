/** Times as text in a Joda pattern: what strftime has is left to it, the rest is put together from parts. */
import { unsupported } from '../errors.ts';
import { join, type Sql, sql } from '../sql.ts';
import type { JodaToken } from './joda.ts';
import { toLocal } from './zone.ts';

export interface JodaPrinter {
  readonly tokens: readonly JodaToken[];
  readonly timeZone: string;
  /** BCP 47, for the names of months and days. */
  readonly locale: string;
}

type Field = Extract<JodaToken, { kind: 'field' }>;

/** A piece of the text: a strftime format, or an SQL expression. */
type Piece = string | Sql;

/** TIMESTAMP in UTC → VARCHAR. */
export function printJoda(printer: JodaPrinter, time: Sql): Sql {
  const local = toLocal(printer.timeZone, time);
  const parts: Sql[] = [];
  let format = '';
  const flush = () => {
    if (format !== '') parts.push(sql`strftime(${local}, ${format})`);
    format = '';
  };
  for (const token of printer.tokens) {
    const piece = token.kind === 'text' ? token.text.replaceAll('%', '%%') : pieceOf(token, printer, time, local);
    if (typeof piece === 'string') {
      format += piece;
      continue;
    }
    flush();
    parts.push(piece);
  }
  flush();
  // An empty pattern prints nothing, but nothing for no time either.
  if (parts.length === 0) return sql`CASE WHEN ${time} IS NOT NULL THEN '' END`;
  return parts.length === 1 ? (parts[0] as Sql) : sql`(${join(parts, ' || ')})`;
}

/** strftime's codes by letter: for one letter and for two. */
const codes: Readonly<Record<string, readonly [string, string]>> = {
  d: ['%-d', '%d'],
  H: ['%-H', '%H'],
  h: ['%-I', '%I'],
  m: ['%-M', '%M'],
  s: ['%-S', '%S'],
};

/** What the remaining numbers are, of a local time. */
const numbers: Readonly<Record<string, (local: Sql) => Sql>> = {
  d: (local) => sql`day(${local})`,
  H: (local) => sql`hour(${local})`,
  h: (local) => sql`((hour(${local}) + 11) % 12 + 1)`,
  K: (local) => sql`(hour(${local}) % 12)`,
  k: (local) => sql`((hour(${local}) + 23) % 24 + 1)`,
  m: (local) => sql`minute(${local})`,
  s: (local) => sql`second(${local})`,
  M: (local) => sql`month(${local})`,
  D: (local) => sql`dayofyear(${local})`,
  w: (local) => sql`weekofyear(${local})`,
  e: (local) => sql`isodow(${local})`,
  C: (local) => sql`(abs(year(${local})) // 100)`,
};

function pieceOf({ letter, count }: Field, printer: JodaPrinter, time: Sql, local: Sql): Piece {
  switch (letter) {
    case 'y':
    case 'Y':
      return yearPiece(sql`year(${local})`, count);
    case 'x':
      return yearPiece(sql`isoyear(${local})`, count);
    case 'M':
      if (count <= 2) return count === 2 ? '%m' : '%-m';
      return namePiece(printer.locale, 'month', count === 3 ? 'short' : 'long', local);
    case 'E':
      return namePiece(printer.locale, 'weekday', count <= 3 ? 'short' : 'long', local);
    case 'S':
      return fractionPiece(local, count);
    case 'a':
      return '%p';
    case 'G':
      return sql`CASE WHEN year(${local}) > 0 THEN 'AD' ELSE 'BC' END`;
    case 'Z':
      return count > 2 ? printer.timeZone.replaceAll('%', '%%') : offsetPiece(printer.timeZone, time, local, count);
    case 'z':
      if (printer.timeZone !== 'UTC')
        throw unsupported("the names of time zones ('z' in a pattern) are not supported yet");
      return count > 3 ? 'Coordinated Universal Time' : 'UTC';
    default: {
      const code = codes[letter]?.[count - 1];
      return code ?? padded((numbers[letter] as (local: Sql) => Sql)(local), count);
    }
  }
}

const padded = (number: Sql, width: number) => sql`printf(${`%0${width}d`}, ${number})`;

/** Two letters are the year of the century, any other count a least width. */
function yearPiece(year: Sql, count: number): Sql {
  return count === 2 ? padded(sql`(abs(${year}) % 100)`, 2) : padded(year, count);
}

function fractionPiece(local: Sql, count: number): Piece {
  if (count === 3) return '%g';
  if (count < 3) return sql`left(strftime(${local}, '%g'), ${count})`;
  return `%g${'0'.repeat(count - 3)}`;
}

function namePiece(locale: string, unit: 'month' | 'weekday', style: 'short' | 'long', local: Sql): Piece {
  if (/^en\b/i.test(locale))
    return { month: { short: '%b', long: '%B' }, weekday: { short: '%a', long: '%A' } }[unit][style];
  const format = new Intl.DateTimeFormat(locale, { [unit]: style, timeZone: 'UTC' });
  // 1 January 2018 was a Monday.
  const dates = Array.from({ length: unit === 'month' ? 12 : 7 }, (_, i) =>
    unit === 'month' ? Date.UTC(2018, i, 1) : Date.UTC(2018, 0, 1 + i),
  );
  const names = join(dates.map((date) => sql`${format.format(date)}`));
  return sql`([${names}])[${unit === 'month' ? sql`month(${local})` : sql`isodow(${local})`}]`;
}

/** `+0100`, or with two letters `+01:00`. */
function offsetPiece(timeZone: string, time: Sql, local: Sql, count: number): Piece {
  const colon = count === 2 ? ':' : '';
  if (timeZone === 'UTC') return `+00${colon}00`;
  const minutes = sql`((epoch_ms(${local}) - epoch_ms(${time})) // 60000)`;
  const sign = sql`CASE WHEN ${minutes} < 0 THEN '-' ELSE '+' END`;
  return sql`(${sign} || printf(${`%02d${colon}%02d`}, abs(${minutes}) // 60, abs(${minutes}) % 60))`;
}
