/**
 * Text → time by the formats of a timestampSpec. https://druid.apache.org/docs/latest/ingestion/ingestion-spec#timestampspec
 */
import { invalidInput } from '../errors.ts';
import { type Sql, sql } from '../sql.ts';
import { isoTimestamp, jodaTimestamp } from './timestamps.ts';

/**
 * VARCHAR → TIMESTAMP in UTC, cut to milliseconds; NULL where the text is no timestamp of the format. Throws `invalidInput` for a
 * pattern that means nothing.
 */
export function timeOfText(format: string, text: Sql): Sql {
  switch (format.toLowerCase()) {
    case 'auto':
      return autoTime(text);
    case 'iso':
      return isoTime(text);
    case 'millis':
      return ofNumber(text, (whole) => whole);
    case 'posix':
      return ofNumber(text, (whole) => sql`${whole} * 1000`);
    case 'micro':
      return ofNumber(text, (whole) => sql`${whole} // 1000`);
    case 'nano':
      return ofNumber(text, (whole) => sql`${whole} // 1000000`);
    case 'ruby':
      return ofMillis(sql`CAST(trunc(TRY_CAST(${bare(text)} AS DOUBLE) * 1000) AS BIGINT)`);
    default: {
      const time = jodaTimestamp(format, bare(text));
      if (time) return time;
      throw invalidInput(
        `cannot read timestamps by the format '${format}': expected auto, iso, posix, millis, micro, nano, ruby, or a Joda pattern such as yyyy-MM-dd HH:mm:ss`,
      );
    }
  }
}

/**
 * A short form of {@link timeOfText} that reads what nearly all events have and is NULL for the rest, where it says the
 * same; undefined for formats that have none. Short, because the engine takes longer to plan the whole than to run it on a few events.
 */
export function commonTimeOfText(format: string, text: Sql): Sql | undefined {
  switch (format.toLowerCase()) {
    case 'auto':
      return sql`coalesce(${plainIso(text)}, make_timestamp_ms(CASE WHEN length(${text}) <= 14 THEN ${plainNumber(text)} END))`;
    case 'iso':
      return sql`CASE WHEN NOT contains(${text}, ' ') THEN ${plainIso(text)} END`;
    default:
      return undefined;
  }
}

/** Digits are milliseconds, everything else is ISO 8601, in which a space may stand for the T. */
function autoTime(text: Sql): Sql {
  const other = (t: Sql) => sql`coalesce(${isoTimestamp(bare(t), { blank: true })}, ${ofMillis(longNumber(t))})`;
  return sql`coalesce(${plainIso(text)}, ${ofMillis(plainNumber(text))}, ${apart(text, other)})`;
}

/** Druid takes digits that are no year as milliseconds here, too. */
function isoTime(text: Sql): Sql {
  const millis = (t: Sql) => ofMillis(sql`CASE WHEN length(${t}) > 9 THEN ${longNumber(t)} END`);
  const other = (t: Sql) => sql`coalesce(${isoTimestamp(bare(t), { blank: false })}, ${millis(t)})`;
  return sql`coalesce(CASE WHEN NOT contains(${text}, ' ') THEN ${plainIso(text)} END, ${apart(text, other)})`;
}

function ofNumber(text: Sql, millis: (whole: Sql) => Sql): Sql {
  const other = (t: Sql) => ofMillis(millis(longNumber(t)));
  return sql`coalesce(${ofMillis(millis(plainNumber(text)))}, ${apart(text, other)})`;
}

/** Within a lambda, out of which the engine does not move what occurs twice: it would compute that for the plain texts, too. */
const apart = (text: Sql, time: (t: Sql) => Sql): Sql => sql`list_transform([${text}], lambda s: ${time(sql`s`)})[1]`;

/**
 * The engine's own parser, which is fast and reads what nearly all events have. It also takes words (`epoch`, `infinity`)
 * and heeds names of zones where Druid does not: what does not begin with a digit or end with one or a Z is left to the others.
 */
function plainIso(text: Sql): Sql {
  const time = sql`TRY_CAST(${text} AS TIMESTAMPTZ)`;
  // Two branches, because the last character is dear to look at and nearly all texts end with a Z.
  const plain = sql`CASE WHEN ${text} < ':' AND ends_with(${text}, 'Z') THEN ${time} WHEN ${text} < ':' AND right(${text}, 1) <= '9' THEN ${time} END`;
  return sql`make_timestamp_ms(epoch_ms(${plain}))`;
}

/** Beyond the engine's calendar is no time. */
const ofMillis = (millis: Sql): Sql => sql`TRY(make_timestamp_ms(${millis}))`;

/** BIGINT of nothing but digits. */
const plainNumber = (text: Sql): Sql => sql`CASE WHEN NOT contains(${text}, '.') THEN TRY_CAST(${text} AS BIGINT) END`;

/** BIGINT; a fraction is cut off, as Druid does with JSON's numbers. */
const longNumber = (text: Sql): Sql => sql`TRY_CAST(trunc(TRY_CAST(${bare(text)} AS DECIMAL(38, 9))) AS BIGINT)`;

/** Druid strips blanks and quotes around a timestamp. */
const bare = (text: Sql): Sql => sql`trim(trim(trim(${text}), '"'))`;
