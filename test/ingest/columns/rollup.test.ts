/** Rows that events are rolled up to in columns are the rows that the engine makes of the same lines. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { BodyReader } from '../../../src/ingest/columns/body-reader.ts';
import { neededColumns } from '../../../src/ingest/columns/needed-columns.ts';
import { rolledUpRows } from '../../../src/ingest/columns/rolled-up-rows.ts';
import { rollupPlan } from '../../../src/ingest/columns/rollup-plan.ts';
import { ingestPlan } from '../../../src/ingest/plan.ts';
import { tableDefinition } from '../../../src/ingest/table.ts';
import { readDataSource } from '../../../src/spec/data-schema.ts';
import { connection, folder } from './engine.ts';

const metrics = [
  { type: 'count', name: 'n' },
  { type: 'longSum', name: 'sum', fieldName: 'm' },
  { type: 'longMin', name: 'min', fieldName: 'm' },
  { type: 'longMax', name: 'max', fieldName: 'm' },
  { type: 'longSum', name: 'other', fieldName: 'o' },
];

function definition(queryGranularity: unknown, changes: Record<string, unknown> = {}) {
  const dataSource = readDataSource({
    dataSource: 'd',
    timestampSpec: { column: 't', format: 'auto' },
    dimensionsSpec: { dimensions: ['a', 'b'] },
    metricsSpec: metrics,
    granularitySpec: { queryGranularity, rollup: true },
    ...changes,
  });
  const { columns } = tableDefinition(dataSource, []);
  return { dataSource, columns, rollup: rollupPlan(dataSource, columns) };
}

type Definition = ReturnType<typeof definition>;

const linesOf = (texts: readonly string[]) => Buffer.from(texts.map((text) => `${text}\n`).join(''));

async function rowsOf(select: string): Promise<unknown[][]> {
  const statement = `SELECT __time, "a", "b", "n", "sum", "min", "max", "other", __rows FROM (${select}) ORDER BY ALL`;
  return (await connection.runAndReadAll(statement)).getRowsJson();
}

function byEngine({ dataSource, columns }: Definition, bodies: readonly (readonly string[])[]) {
  const files = bodies.map((texts, index) => {
    const file = join(folder, `lines${index}`);
    writeFileSync(file, linesOf(texts));
    return file;
  });
  const batch = { files, mayHoldLists: false, hasQuotes: true, longestEventBytes: 2 ** 20 };
  const clock = { nowMs: 0, newestMs: undefined };
  return rowsOf(ingestPlan(dataSource, columns, batch, clock, { reach: 'common', fieldErrors: false }).rows.text);
}

function readerOf({ dataSource, columns, rollup }: Definition): BodyReader {
  const fields = neededColumns(dataSource, columns, false);
  assert(fields && rollup);
  return new BodyReader({ fields, rollup });
}

/** Undefined when some of them are not rolled up. */
async function byRollup(
  defined: Definition,
  bodies: readonly (readonly string[])[],
  reader = readerOf(defined),
): Promise<unknown[][] | undefined> {
  const paths: string[] = [];
  for (const [index, texts] of bodies.entries()) {
    const read = reader.read(linesOf(texts), texts.length);
    if (!read?.isRolledUp) return undefined;
    const path = join(folder, `rows${index}`);
    writeFileSync(path, Buffer.concat(read.parts));
    paths.push(path);
  }
  assert(defined.rollup);
  return rowsOf(rolledUpRows(defined.rollup, defined.columns, paths).text);
}

const event = (time: string, a: unknown, m: number, o = 1) => JSON.stringify({ t: time, a, b: 'x', m, o });

test('groups of equal time and dimensions, as counted by hand', async () => {
  const events = [
    event('2026-01-01T00:00:10Z', 'x', 5),
    event('2026-01-01T00:00:50.999Z', 'x', -7),
    event('2026-01-01T00:01:00Z', 'x', 1),
    event('2026-01-01T00:00:20Z', '', 3),
    event('2026-01-01T00:00:20Z', null, 4),
  ];
  assert.deepEqual(await byRollup(definition('minute'), [events]), [
    ['2026-01-01 00:00:00', '', 'x', '1', '3', '3', '3', '1', '1'],
    ['2026-01-01 00:00:00', 'x', 'x', '2', '-2', '-7', '5', '2', '2'],
    ['2026-01-01 00:00:00', null, 'x', '1', '4', '4', '4', '1', '1'],
    ['2026-01-01 00:01:00', 'x', 'x', '1', '1', '1', '1', '1', '1'],
  ]);
});

const granularities = [
  'none',
  'second',
  'minute',
  'hour',
  'day',
  { type: 'duration', duration: 7_000_000, origin: '2012-01-01T00:30:00Z' },
  { type: 'period', period: 'PT6H', timeZone: 'Asia/Kolkata' },
].map((granularity) => definition(granularity));

const events = fc.array(
  fc
    .record({
      t: fc.date({ min: new Date('1960-01-01'), max: new Date('1980-01-01'), noInvalidDate: true }),
      near: fc.boolean(),
      a: fc.constantFrom('x', 'y', '', null, 'a longer text', 7),
      b: fc.constantFrom('p', 'q', null),
      m: fc.oneof(fc.integer(), fc.integer({ min: -(10 ** 14), max: 10 ** 14 })),
      o: fc.nat(9),
    })
    .map(({ t, near, ...rest }) => JSON.stringify({ t: near ? '1970-01-01T00:00:01Z' : t, ...rest })),
  { minLength: 1, maxLength: 60 },
);

test('what the engine makes of them, in one body and in several', async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...granularities),
    fc.array(events, { minLength: 1, maxLength: 3 }),
    async (defined, bodies) => {
      assert.deepEqual(await byRollup(defined, bodies), await byEngine(defined, bodies));
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test('a reader forgets the rows of the body before', async () => {
  const [, , defined] = granularities;
  assert(defined);
  const reader = readerOf(defined);
  const bodies = [
    [event('2026-01-01T00:00:10Z', 'x', 1), event('2026-01-01T00:01:10Z', 'y', 2)],
    [event('2026-01-01T00:01:20Z', 'y', 3), event('2026-01-01T00:00:20Z', 'z', 4)],
  ];
  for (const body of bodies) assert.deepEqual(await byRollup(defined, [body], reader), await byEngine(defined, [body]));
});

test('not rolled up: what has no time, no number or too large a sum, and events of which each is a row', async () => {
  const defined = definition('none');
  const sound = event('2026-01-01T00:00:00Z', 'x', 1);
  const most = 999_999_999_999_999;
  const tooLarge = Array.from({ length: 10 }, () => event('2026-01-01T00:00:00Z', 'x', most));
  const apart = Array.from({ length: 40_000 }, (_, i) => event(new Date(i).toISOString(), 'x', i));
  assert.equal((await byRollup(defined, [tooLarge.slice(0, 9)]))?.[0]?.[4], String(9 * most));
  for (const body of [
    [sound, '{"a":"x","m":1,"o":1}'],
    [sound, '{"t":"2026-01-01T00:00:00Z","m":null,"o":1}'],
    tooLarge,
    apart,
  ])
    assert.equal(await byRollup(defined, [body]), undefined);
});

test('left to the engine: definitions of which it must see the events', () => {
  const others = {
    'no rollup': { granularitySpec: { queryGranularity: 'minute', rollup: false } },
    'months differ in length': { granularitySpec: { queryGranularity: 'month', rollup: true } },
    'all of time is one bucket': { granularitySpec: { queryGranularity: 'all', rollup: true } },
    'a fraction': { metricsSpec: [{ type: 'doubleSum', name: 'sum', fieldName: 'm' }] },
    'an expression': { metricsSpec: [{ type: 'longSum', name: 'sum', expression: 'm + 1' }] },
    'the time as a number': { metricsSpec: [{ type: 'longMax', name: 'last', fieldName: '__time' }] },
    'a number as a dimension': { dimensionsSpec: { dimensions: [{ type: 'long', name: 'l' }] } },
    'a transform': { transformSpec: { transforms: [{ type: 'expression', name: 'a', expression: "'x'" }] } },
    'a filter': { transformSpec: { filter: { type: 'selector', dimension: 'a', value: 'x' } } },
  };
  for (const [why, changes] of Object.entries(others))
    assert.equal(definition('minute', changes).rollup, undefined, why);
});
