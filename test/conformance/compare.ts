/** Two answers to one query, and in what they differ. */
import type { Answer, Case, Query, Tolerance } from './define.ts';

/** Sums of floating point numbers depend on the order of the rows. */
const rounding = 1e-9;
/** Where what was summed up cancels out, only what was rounded is left: smaller numbers are compared as if they were of this size. */
const smallest = 1e-3;
const mostDifferences = 8;

/** `[0].result.n: expected 3, got 4`, the first few; empty when both say the same. */
export function differences(test: Case, expected: Answer, actual: Answer): string[] {
  // What Druid refuses, often with 500, is the client's mistake here.
  if (expected.status !== 200 && actual.status === 400) return [];
  if (expected.status !== actual.status)
    return [`expected status ${expected.status}, got ${actual.status}: ${JSON.stringify(actual.body)?.slice(0, 300)}`];
  const plain = (answer: Answer) => ordered(test, comparable(test.query, answer.body));
  return [...differ(test, '', plain(expected), plain(actual))].slice(0, mostDifferences);
}

/** Without what names segments: their ids hold the time of ingestion, and a scan's batches are theirs. */
export function comparable(query: Query, body: unknown): unknown {
  if (!Array.isArray(body)) return body;
  if (query.queryType === 'segmentMetadata') return body.map(({ id, size, ...rest }) => rest);
  if (query.queryType !== 'scan') return body;
  const [first] = body;
  return first && [{ ...first, segmentId: null, events: body.flatMap(({ events }) => events) }];
}

function ordered({ unordered, query }: Case, body: unknown): unknown {
  if (!unordered || !Array.isArray(body)) return body;
  const inOrder = (_key: string, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  const sorted = (rows: unknown[]) =>
    rows
      .map((row) => JSON.stringify(row, inOrder))
      .sort()
      .map((row) => JSON.parse(row));
  if (query.queryType === 'scan') return body.map(({ events, ...rest }) => ({ ...rest, events: sorted(events) }));
  return sorted(body);
}

function* differ(
  test: Case,
  path: string,
  expected: unknown,
  actual: unknown,
  tolerance: Tolerance = rounding,
): Generator<string> {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) yield `${path}: expected ${expected.length} elements, got ${actual.length}`;
    for (const [index, element] of expected.slice(0, actual.length).entries())
      yield* differ(test, `${path}[${index}]`, element, actual[index], tolerance);
  } else if (isRecord(expected) && isRecord(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const inner = path === '' ? key : `${path}.${key}`;
      if (!(key in actual)) yield `${inner}: expected ${JSON.stringify(expected[key])}, got nothing`;
      else if (!(key in expected)) yield `${inner}: expected nothing, got ${JSON.stringify(actual[key])}`;
      else yield* differ(test, inner, expected[key], actual[key], test.estimates?.[key] ?? tolerance);
    }
  } else if (!isClose(expected, actual, tolerance)) {
    yield `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
  }
}

function isClose(expected: unknown, actual: unknown, tolerance: Tolerance): boolean {
  if (expected === actual) return true;
  if (typeof expected !== 'number' || typeof actual !== 'number') return false;
  const within =
    typeof tolerance === 'number'
      ? tolerance * Math.max(Math.abs(expected), Math.abs(actual), smallest)
      : tolerance.within;
  return Math.abs(expected - actual) <= within;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
