/**
 * The timestampSpec: an event's field → TIMESTAMP. https://druid.apache.org/docs/latest/ingestion/ingestion-spec#timestampspec
 */
import { commonTimeOfText, timeOfText } from '../catalog/time-formats.ts';
import type { TimestampSpec } from '../spec/data-source.ts';
import { type Sql, sql } from '../sql.ts';

/**
 * VARCHAR → TIMESTAMP in UTC, cut to milliseconds; NULL where the text is no timestamp of the format.
 * An absent or null timestamp is the spec's missingValue. Throws `invalidInput` for a pattern that means nothing.
 */
export function timestampSql(spec: TimestampSpec, text: Sql): Sql {
  const parsed = timeOfText(spec.format, text);
  if (spec.missingValue === undefined) return parsed;
  return sql`CASE WHEN ${text} IS NULL THEN make_timestamp_ms(${spec.missingValue}) ELSE ${parsed} END`;
}

/** The same in its short form, without the missingValue; undefined for formats that have none. */
export const commonTimestampSql = ({ format }: TimestampSpec, text: Sql): Sql | undefined =>
  commonTimeOfText(format, text);
