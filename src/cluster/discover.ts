/** A dataSource from the fields that its first body has. */
import type { DataSource } from '../spec/data-source.ts';
import { dataSourceOfFields } from '../spec/discovered.ts';

/** Of a body, the lines that are looked at: once for each dataSource, but a body can be large. */
const mostLines = 1_000;

/** @throws MillraceError `invalidInput` when no event has a timestamp, or for what cannot be a dataSource's name. */
export function discover(name: string, lines: Uint8Array): DataSource {
  const fields = new Set<string>();
  const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  for (let start = 0, count = 0; start < text.length && count < mostLines; count++) {
    const end = text.indexOf('\n', start);
    const next = end < 0 ? text.length : end + 1;
    for (const field of fieldsOf(text.toString('utf8', start, next))) fields.add(field);
    start = next;
  }
  return dataSourceOfFields(name, fields);
}

function fieldsOf(line: string): readonly string[] {
  try {
    return Object.keys(JSON.parse(line));
  } catch {
    return [];
  }
}
