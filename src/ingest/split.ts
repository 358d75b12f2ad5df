/** A body whose events name their dataSource themselves → one part for each. */

import { invalidInput } from '../errors.ts';
import { type Sql, sql } from '../sql.ts';
import type { Rows } from '../store/read-connection.ts';
import type { BatchFiles } from './batch-files.ts';
import { rawLines } from './reader.ts';

export interface NamedLines {
  readonly dataSource: string;
  readonly lines: Uint8Array;
  readonly events: number;
}

/** More names than this in one body are taken for a mistake. */
const maxNames = 1000;

/** Throws `Missing 'dataSource' or 'feed'` when an event has neither, and `Malformed JSON` when a line is no object. */
export async function splitByDataSource(
  read: (statement: Sql) => AsyncIterable<Rows>,
  files: BatchFiles,
  lines: Uint8Array,
): Promise<NamedLines[]> {
  const batch = await files.write([lines]);
  try {
    const events = sql`SELECT row_number() OVER () AS n, line FROM ${rawLines(batch.files)}`;
    const isObject = sql`CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END`;
    const named = sql`SELECT *, CASE WHEN is_object THEN coalesce(line ->> '$.dataSource', line ->> '$.feed') END AS name FROM (SELECT *, ${isObject} AS is_object FROM (${events}))`;
    const statement = sql`
      SELECT name, bool_and(is_object), min(n)::BIGINT, count(*)::BIGINT, string_agg(line, chr(10) ORDER BY n) || chr(10)
      FROM (${named}) GROUP BY name, is_object ORDER BY 3 LIMIT ${maxNames + 1}`;
    const parts: NamedLines[] = [];
    for await (const { columns, rowCount } of read(statement)) {
      for (let row = 0; row < rowCount; row++) {
        const [name, isObject, first, events, text] = columns.map((column) => column[row]);
        const place = { line: Number(first) };
        if (!isObject)
          throw invalidInput(
            `Malformed JSON: event ${place.line} of the body is no JSON object. Nothing of the body was taken.`,
            { place },
          );
        if (name === null) throw invalidInput("Missing 'dataSource' or 'feed'", { place });
        parts.push({ dataSource: name as string, lines: Buffer.from(text as string), events: Number(events) });
      }
    }
    if (parts.length > maxNames) throw invalidInput(`A body may name at most ${maxNames} dataSources.`);
    return parts;
  } finally {
    files.release(batch);
  }
}
