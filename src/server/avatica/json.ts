/** Avatica's answers in JSON. */
import type { Answered } from './protocol.ts';

export function writeJson(answer: Answered): string {
  let rows = '';
  const text = JSON.stringify(answer, (key, value) => {
    if (key !== 'rows' || !Array.isArray(value)) return value;
    rows = `"rows":[${value.join(',')}]`;
    return [];
  });
  // Rows are JSON already. No string of JSON holds this text, as its quotes would be escaped there.
  return text.replace('"rows":[]', () => rows);
}
