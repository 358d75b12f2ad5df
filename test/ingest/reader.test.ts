import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { rawLines, readLines } from '../../src/ingest/reader.ts';
import type { InputFormat } from '../../src/spec/data-source.ts';
import { recordValue } from '../../src/spec/kafka-format.ts';
import { ident, type Sql, sql } from '../../src/sql.ts';

const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
const folder = mkdtempSync(joinPath(tmpdir(), 'millrace-test-'));
after(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

let files = 0;
function fileOf(text: string): string {
  const file = joinPath(folder, `it's ${files++}.ndjson`);
  writeFileSync(file, text);
  return file;
}

async function rowsOf(statement: Sql): Promise<unknown[][]> {
  return (await connection.runAndReadAll(statement.text)).getRows();
}

/** The named fields of each line; a name with a `?` before it is wanted as JSON. */
function read(input: InputFormat, text: string | readonly string[], names: readonly string[]): Promise<unknown[][]> {
  const fields = names.map((name, index) => ({
    name: name.replace(/^\?/, ''),
    as: ident(`f${index}`),
    want: name.startsWith('?') ? ('json' as const) : ('text' as const),
  }));
  const texts = typeof text === 'string' ? [text] : text;
  const longestEventBytes = Math.max(
    ...texts.flatMap((each) => each.split('\n').map((line) => Buffer.byteLength(line) + 1)),
  );
  const options = { hasQuotes: texts.some((each) => each.includes('"')), longestEventBytes };
  return rowsOf(sql`SELECT * FROM ${readLines(input, texts.map(fileOf), fields, options)}`);
}

const json: InputFormat = { type: 'json', rootFields: true, flatten: [] };

test('JSON: every value as its text, lists and objects as JSON text', async () => {
  const event = { s: 'é "q"\n', n: 1.5, b: true, z: null, l: [1, 'x'], o: { k: 1 } };
  assert.deepEqual(await read(json, `${JSON.stringify(event)}\n`, ['s', 'n', 'b', 'z', 'l', 'o', 'absent']), [
    ['é "q"\n', '1.5', 'true', null, '[1,"x"]', '{"k":1}', null],
  ]);
});

test('JSON: numbers keep all their digits', async () => {
  assert.deepEqual(await read(json, '{"a":9007199254740993,"b":-0.25}\n', ['a', 'b']), [['9007199254740993', '-0.25']]);
});

test('JSON: blank lines are no rows, bad lines and what is no object are rows of nulls, in order', async () => {
  const lines = ['{"a":1}', '', '  \t', '{"a":', '[1]', '7', '"x"', 'null', '{"a":2}', '{"a":3} x', '{"a":4}'];
  const rows = await read(json, `${lines.join('\n')}\n`, ['a']);
  assert.deepEqual(rows.flat(), ['1', null, null, null, null, null, '2', null, '4']);
});

test('JSON: names that differ in letter case only, hold quotes or dots, or look like SQL', async () => {
  const event = {
    url: 'a',
    URL: 'b',
    'x"y': 'c',
    "'; DROP": 'd',
    'a.b': 'e',
    'b\\c': 'f',
    'x/~1': 'g',
    '0': 'h',
    '': 'i',
  };
  const names = Object.keys(event);
  assert.deepEqual(await read(json, `${JSON.stringify(event)}\n`, names), [Object.values(event)]);
  assert.deepEqual(await read(json, `${JSON.stringify(event)}\n`, names.slice(1)), [Object.values(event).slice(1)]);
});

test('JSON: a field may be wanted as text and as JSON at once', async () => {
  assert.deepEqual(await read(json, '{"a":"x","b":5}\n', ['a', '?a', '?b', 'b']), [['x', '"x"', '5', '5']]);
});

test('JSON: a single field is not taken for the whole value', async () => {
  assert.deepEqual(await read(json, '{"json":1}\n{"other":2}\n', ['json']), [['1'], [null]]);
});

test('JSON: long lines and long values', async () => {
  const long = 'ü'.repeat(3_000_000);
  const rows = await read(json, `{"a":"${long}"}\n{"a":"b"}\n`, ['a']);
  assert.equal(rows[0]?.[0], long);
  assert.equal(rows[1]?.[0], 'b');
});

test('JSON: several files follow each other', async () => {
  assert.deepEqual(await read(json, ['{"a":1}\n', '{"a":2}\n{"a":3}\n'], ['a']), [['1'], ['2'], ['3']]);
});

test('JSON: flattened fields lead into the event, root fields may be left out', async () => {
  const flatten = [
    { name: 'first', root: 'o', path: '$."list"[0]."v"' },
    { name: 'top', root: 'plain', path: '$' },
  ];
  const event = '{"o":{"list":[{"v":"x"},{"v":2}]},"plain":"p"}\n';
  assert.deepEqual(await read({ ...json, flatten }, event, ['first', 'top', 'plain', '?o']), [
    ['x', 'p', 'p', '{"list":[{"v":"x"},{"v":2}]}'],
  ]);
  assert.deepEqual(await read({ ...json, rootFields: false, flatten }, event, ['first', 'plain']), [['x', null]]);
});

const csv: InputFormat = {
  type: 'delimited',
  delimiter: ',',
  quote: '"',
  listDelimiter: undefined,
  columns: ['a', 'b', 'c'],
};

test('csv: quotes hold delimiters and doubled quotes; what is empty is null', async () => {
  const lines = ['1,x,y', '2,"a,b","say ""hi"""', '3,,z', '4,"",', '"5",ü😀, blank '];
  assert.deepEqual(await read(csv, `${lines.join('\n')}\n`, ['a', 'b', 'c']), [
    ['1', 'x', 'y'],
    ['2', 'a,b', 'say "hi"'],
    ['3', null, 'z'],
    ['4', null, null],
    ['5', 'ü😀', ' blank '],
  ]);
});

test('csv: a quote that does not end spoils its own line only', async () => {
  assert.deepEqual(await read(csv, '1,"x,y\n2,a,b\n3,x"y,z\n4,c,d\n', ['a', 'b', 'c']), [
    [null, null, null],
    ['2', 'a', 'b'],
    [null, null, null],
    ['4', 'c', 'd'],
  ]);
});

test('csv: too few columns are null, too many are left out; CRLF ends a line; blank lines are no rows', async () => {
  assert.deepEqual(await read(csv, '1\r\n\r\n2,b,c,d\r\n', ['c', 'a', 'nothing']), [
    [null, '1', null],
    ['c', '2', null],
  ]);
});

test('tsv: quotes are ordinary; a delimiter may be any text', async () => {
  const tsv: InputFormat = { ...csv, delimiter: '\t', quote: undefined };
  assert.deepEqual(await read(tsv, '1\t"x\ty"\n', ['a', 'b', 'c']), [['1', '"x', 'y"']]);
  assert.deepEqual(await read({ ...tsv, delimiter: '||' }, '1||x|y||.*\n', ['a', 'b', 'c']), [['1', 'x|y', '.*']]);
});

test('regex: groups are columns; a line that does not match as a whole is a row of nulls', async () => {
  const regex: InputFormat = { type: 'regex', pattern: '(\\d+) (\\w*)', columns: ['n', 'w'], listDelimiter: undefined };
  assert.deepEqual(await read(regex, '1 one\n2 \nthree\n4 four!\n', ['n', 'w']), [
    ['1', 'one'],
    ['2', null],
    [null, null],
    [null, null],
  ]);
});

test('raw lines come in order, as they are, without blank ones', async () => {
  const rows = await rowsOf(sql`SELECT line FROM ${rawLines([fileOf('a "b\r\n\n  \n{\n'), fileOf('ü\t\n')])}`);
  assert.deepEqual(rows.flat(), ['a "b', '{', 'ü\t']);
});

const kafka = {
  timestamp: 'kafka.timestamp',
  topic: 'kafka.topic',
  key: { name: 'kafka.key', format: json },
  headers: { prefix: 'kafka.header.', encoding: 'utf8' },
} as const;
const record = (rest: object) => `${JSON.stringify({ 'kafka.timestamp': 5, 'kafka.topic': 't', ...rest })}\n`;
const ofRecord = ['kafka.timestamp', 'kafka.topic', 'kafka.key', 'kafka.header.a', 'kafka.header.A'];

test('kafka: columns of the record beside those of a JSON value, of which the record has the first say', async () => {
  const line = record({ 'kafka.key': '{"user":"u","x":1}', 'kafka.header.a': 'h', 'kafka.header.A': 'H', a: 1 });
  const names = [...ofRecord, 'a', '?kafka.key'];
  assert.deepEqual(await read({ ...json, kafka }, line, names), [['5', 't', 'u', 'h', 'H', '1', '"u"']]);
  // They are there also where the fields of the value are not.
  const flatten = [{ name: 'a', root: 'a', path: '$.b' }];
  const flat: InputFormat = { type: 'json', rootFields: false, flatten, kafka };
  assert.deepEqual(
    await read(flat, record({ 'kafka.key': '{"k":true}', a: { b: 2 }, c: 3 }), ['kafka.key', 'a', 'c']),
    [['true', '2', null]],
  );
});

test('kafka: columns of the record beside those of a value that is text; no value is none of them', async () => {
  const csv: InputFormat = {
    type: 'delimited',
    delimiter: ',',
    quote: '"',
    listDelimiter: undefined,
    columns: ['a', 'b'],
    kafka,
  };
  const lines = record({ 'kafka.header.a': 'h', [recordValue]: '"x, ""y""",' }) + record({});
  assert.deepEqual(await read(csv, lines, ['kafka.topic', 'kafka.header.a', 'a', 'b']), [
    ['t', 'h', 'x, "y"', null],
    ['t', null, null, null],
  ]);
  const regex: InputFormat = {
    type: 'regex',
    pattern: '(\\d+) (\\w+)',
    columns: ['n', 'w'],
    listDelimiter: undefined,
    kafka,
  };
  assert.deepEqual(await read(regex, record({ [recordValue]: '12 ab' }), ['n', 'kafka.timestamp', 'w']), [
    ['12', '5', 'ab'],
  ]);
});

for (const [format, key, first] of [
  [json, '{"a/b~":"x","c":1}', 'x'],
  [json, '{"a":[1,2]}', '[1,2]'],
  [json, '{broken', null],
  [json, '{}', null],
  [{ type: 'delimited', delimiter: '\t', quote: undefined, listDelimiter: undefined, columns: ['x'] }, 'a\tb', 'a'],
  [{ type: 'delimited', delimiter: ',', quote: '"', listDelimiter: undefined, columns: ['x'] }, '"a,b",c', 'a,b'],
  [{ type: 'regex', pattern: 'user-(.*)', columns: ['x'], listDelimiter: undefined }, 'user-7', '7'],
] as const) {
  test(`kafka: the first column of the key ${key} by ${format.type}`, async () => {
    const input: InputFormat = { ...json, kafka: { ...kafka, key: { name: 'k', format } } };
    assert.deepEqual(await read(input, record({ k: key }) + record({}), ['k']), [[first], [null]]);
  });
}
