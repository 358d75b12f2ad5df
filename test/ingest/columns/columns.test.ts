/** What is read into columns is what the engine makes of the same lines; and what is not read is for the engine. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlatEvents } from '../../../src/ingest/columns/flat-events.ts';
import { neededColumns } from '../../../src/ingest/columns/needed-columns.ts';
import { parquetFile } from '../../../src/ingest/columns/parquet.ts';
import { type IngestPlan, ingestPlan } from '../../../src/ingest/plan.ts';
import { tableDefinition } from '../../../src/ingest/table.ts';
import { readDataSource } from '../../../src/spec/data-schema.ts';
import { connection, folder } from './engine.ts';

const dataSource = readDataSource({
  dataSource: 'd',
  timestampSpec: { column: 't', format: 'auto' },
  dimensionsSpec: { dimensions: ['a', 'b', { type: 'long', name: 'n' }] },
  metricsSpec: [
    { type: 'longSum', name: 'sum', fieldName: 'm' },
    { type: 'doubleMax', name: 'max', fieldName: 'm' },
  ],
  granularitySpec: { queryGranularity: 'none', rollup: false },
});
const tableColumns = tableDefinition(dataSource, []).columns;
const fields = neededColumns(dataSource, tableColumns, true);
assert(fields);
const events = new FlatEvents(fields);

const options = { longestEventBytes: 2 ** 20, hasQuotes: true, mayHoldLists: false };
const clock = { nowMs: 0, newestMs: undefined };
/** Without list columns, which a batch has that may hold lists. */
const rowsOf = async ({ rows }: IngestPlan) => {
  const statement = `SELECT __time, "a", "b", "n", "sum", "max", __rows FROM (${rows.text})`;
  return (await connection.runAndReadAll(statement)).getRowsJson();
};

function linesOf(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\n`).join(''));
}

function byEngine(texts: readonly string[]): Promise<unknown[][]> {
  const file = join(folder, 'lines');
  writeFileSync(file, linesOf(texts));
  const batch = { ...options, files: [file], mayHoldLists: texts.some((text) => text.includes('[')) };
  return rowsOf(ingestPlan(dataSource, tableColumns, batch, clock, { reach: 'common', fieldErrors: true }));
}

/** Undefined when they are not taken. */
async function byColumns(texts: readonly string[]): Promise<unknown[][] | undefined> {
  if (!events.read(linesOf(texts), texts.length)) return undefined;
  const path = join(folder, 'columns');
  writeFileSync(path, Buffer.concat(parquetFile(events.columns, texts.length)));
  assert(fields);
  const batch = { ...options, files: [], columns: { paths: [path], fields, rowPaths: [], rollup: undefined } };
  return rowsOf(ingestPlan(dataSource, tableColumns, batch, clock, { reach: 'columns', fieldErrors: true }));
}

const time = '"t":"2026-01-01T00:00:00Z"';

const taken: Readonly<Record<string, readonly string[]>> = {
  'all fields': [`{${time},"a":"x","b":"y","n":1,"m":2}`],
  'an absent field, a null, an empty text': [`{${time},"a":"","b":null}`, `{${time},"m":null,"n":7}`],
  'a field that is never there': [`{${time},"a":"x","n":1,"m":2}`],
  'other orders and white space': [
    `{ "a" : "x" , ${time}, "n":1}`,
    `\t{"n": 1, "a":"x",\t${time} }  `,
    `{${time},"a":"x","n":1}`,
  ],
  'texts that are no ASCII, of each length': Array.from(
    { length: 40 },
    (_, i) => `{${time},"a":"${'é'.repeat(i)}→","b":"${'z'.repeat(i)}"}`,
  ),
  'a bracket in a text': [`{${time},"a":"[1]"}`],
  'numbers of texts': [`{${time},"a":200,"b":-7}`, `{${time},"a":"200","b":0}`],
  'numbers of each length, of both signs': Array.from(
    { length: 15 },
    (_, i) => `{${time},"n":${'987654321012345'.slice(0, i + 1)},"m":-${'123456789012345'.slice(0, i + 1)}}`,
  ),
  'numbers around powers of two': [31, 32, 33, 40].flatMap((power) =>
    [-1, 0, 1].flatMap((more) => [`{${time},"n":${2 ** power + more},"m":${-(2 ** power) + more}}`]),
  ),
  'times to the second, to the millisecond, of other days': [
    '{"t":"2026-02-28T23:59:59.999Z"}',
    '{"t":"2026-02-28T23:59:59Z"}',
    '{"t":"2024-02-29T00:00:00.001Z"}',
    '{"t":"1969-12-31T23:59:59.999Z"}',
    '{"t":"1000-01-01T00:00:00Z"}',
    '{"t":"2999-12-31T12:34:56.789Z"}',
  ],
  'unwanted fields': [`{${time},"x":"y","y":1,"z":null}`],
  'a name in other letters is another field': [`{${time},"A":"x","a":"y"}`, `{${time},"A":"x"}`],
  'as many texts as two bytes tell apart': Array.from(
    { length: 2 ** 16 },
    (_, i) => `{${time},"a":"${i}","b":"${i % 300}"}`,
  ),
  'a text that is a control sequence of SQL': [`{${time},"a":"'; DROP TABLE x; --"}`],
};

for (const [name, texts] of Object.entries(taken))
  test(`taken: ${name}`, async () => {
    const expected = await byEngine(texts);
    assert.equal(expected.length, texts.length);
    assert.deepEqual(await byColumns(texts), expected);
  });

const left: readonly string[] = [
  '',
  '{}',
  'null',
  '[]',
  '{',
  `{${time}`,
  `{${time}} {}`,
  `{${time}}}`,
  `{${time},}`,
  `{${time},"a":"x"`,
  `{${time},"a":"x`,
  `{${time},"a":"\\n"}`,
  `{${time},"a":"\u0001"}`,
  `{${time},"\\u0061":"x"}`,
  `{${time},"a":"x","a":"y"}`,
  `{${time},"a":true}`,
  `{${time},"a":nul}`,
  `{${time},"a":nulll}`,
  `{${time},"a":[1]}`,
  `{${time},"a":{"b":1}}`,
  `{${time},"x":{"b":1}}`,
  `{${time},"n":1.5}`,
  `{${time},"n":1e3}`,
  `{${time},"n":01}`,
  `{${time},"n":-0}`,
  `{${time},"n":-}`,
  `{${time},"n":+1}`,
  `{${time},"n":1234567890123456}`,
  `{${time},"n":"1"}`,
  `{${time},"m":"1"}`,
  '{"t":null}',
  '{"t":1767225600000}',
  '{"t":"2026-01-01"}',
  '{"t":"2026-01-01T00:00:00"}',
  '{"t":"2026-01-01T00:00:00+01:00"}',
  '{"t":"2026-01-01T00:00:00.1234Z"}',
  '{"t":"2026-01-01T00:00:60Z"}',
  '{"t":"2026-01-01T24:00:00Z"}',
  '{"t":"2026-02-30T00:00:00Z"}',
  '{"t":"2026-13-01T00:00:00Z"}',
  '{"t":"2026-01-01 00:00:00Z"}',
  '{"t":" 2026-01-01T00:00:00Z"}',
];

test('left to the engine: anything else, alone and among others', async () => {
  const sound = `{${time},"a":"x"}`;
  for (const text of left) {
    assert.equal(await byColumns([text]), undefined, text);
    assert.equal(await byColumns([sound, text, sound]), undefined, text);
  }
  const notUtf8 = Buffer.concat([Buffer.from(`{${time},"a":"`), Buffer.of(0xc3, 0x28), Buffer.from('"}\n')]);
  assert.equal(events.read(notUtf8, 1), false);
  const many = Array.from({ length: 20_000 }, () => Buffer.from(`${sound}\n`));
  assert.equal(events.read(Buffer.concat([notUtf8, ...many]), 1 + many.length), false, 'long before the end');
  assert.equal(events.read(Buffer.from(sound), 1), false, 'a line that does not end');
  assert.equal(events.read(linesOf([sound, sound]), 1), false, 'more lines than events');
  assert.equal(events.read(linesOf([sound]), 2), false, 'fewer lines than events');
  const tooManyTexts = Array.from({ length: 2 ** 16 + 1 }, (_, i) => `{${time},"a":"${i}"}`);
  assert.equal(events.read(linesOf(tooManyTexts), tooManyTexts.length), false, 'more texts than two bytes tell apart');
  const longTexts = Array.from({ length: 5 }, (_, i) => `{${time},"a":"${'x'.repeat(2 ** 20)}${i}"}`);
  assert.equal(events.read(linesOf(longTexts), longTexts.length), false, 'texts too long to be kept');
});

test('a time that is absent is left to be found by counting', async () => {
  assert.deepEqual(await byColumns([`{"a":"x"}`, `{${time}}`]), await byEngine([`{"a":"x"}`, `{${time}}`]));
});

const blank = fc.constantFrom('', '', '', ' ', '\t');
const text = fc.oneof(
  fc.constantFrom('', 'x', 'DE', 'page', '[', '{}', '\\n', '\\"', '\u00e9\ud83d\ude00', 'null'),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const string = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  text.map((value) => `"${value.toWellFormed().replaceAll(/[\r\n]/g, ' ')}"`),
);
const long = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0, 9, 10)).map(String);
const odd = fc.constantFrom(
  'null',
  'true',
  '1.5',
  '1e3',
  '-0',
  '007',
  '[1]',
  '{"a":1}',
  '',
  '-',
  '"1"',
  '"1,000"',
  'nulls',
);
const stamp = fc
  .date({ min: new Date('0900-01-01'), max: new Date('3100-01-01'), noInvalidDate: true })
  .chain((date) =>
    fc.constantFrom(date.toISOString(), date.toISOString().replace(/\.\d+Z/, 'Z'), date.toISOString().slice(0, 10)),
  )
  .map((value) => `"${value}"`);
const usually = <T>(value: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: value, weight: 30 }, { arbitrary: other, weight: 1 });
const members: Readonly<Record<string, fc.Arbitrary<string>>> = {
  t: usually(stamp, fc.oneof(string, long, odd)),
  a: usually(fc.oneof(string, long), odd),
  b: usually(string, odd),
  n: usually(long, fc.oneof(odd, string)),
  m: usually(long, fc.oneof(odd, string)),
  unwanted: usually(fc.oneof(string, long), odd),
};
const member = (name: string) =>
  fc
    .tuple(blank, blank, blank, members[name] as fc.Arbitrary<string>)
    .map(([x, y, z, value]) => `${x}"${name}"${y}:${z}${value}`);
const event = fc
  .oneof(fc.constant(Object.keys(members)), fc.shuffledSubarray(Object.keys(members)))
  .chain((names) => fc.tuple(blank, ...names.map(member)))
  .map(([end, ...parts]) => `{${parts.join(',')}${end}}`);

test('random events: the same rows, or left to the engine', async () => {
  let takenBatches = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 3 }), async (texts) => {
      const columns = await byColumns(texts);
      if (!columns) return;
      takenBatches++;
      assert.deepEqual(columns, await byEngine(texts));
    }),
    { numRuns: 400 },
  );
  assert(takenBatches > 20, `only ${takenBatches} batches were taken`);
});
