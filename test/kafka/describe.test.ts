/** Lines that hold what Kafka knows of a record beside its value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../src/kafka/buffer-pool.ts';
import { codecs } from '../../src/kafka/compression.ts';
import { type Decoded, decodeValues } from '../../src/kafka/decode.ts';
import { type RecordColumns, RecordDescriber } from '../../src/kafka/describe.ts';
import { type BatchOptions, type BatchRecord, encodeBatch } from '../../src/kafka/encode-batch.ts';

const timestamp = Date.UTC(2026, 0, 1);
const names: RecordColumns = {
  timestamp: 't',
  topic: 'topic',
  key: 'key',
  headers: { prefix: 'h.', encoding: 'utf8' },
};

function describe(
  records: readonly BatchRecord[],
  columns: RecordColumns = names,
  options: Partial<BatchOptions> = {},
): Decoded {
  const describer = new RecordDescriber(columns);
  describer.begin('clicks');
  const batches = encodeBatch(records, { timestamp, ...options });
  return decodeValues({ batches, offset: 0, aborted: undefined, scratch: new Scratch(), describer });
}

const text = ({ values }: Decoded) => Buffer.from(values).toString();
const lines = (decoded: Decoded) => text(decoded).split('\n').slice(0, -1);
const record = (value: string | null, rest: Partial<BatchRecord> = {}): BatchRecord => ({
  value: value === null ? null : Buffer.from(value),
  ...rest,
});

test("an object's members stand behind the record's headers, timestamp, topic and key", () => {
  const headers = [
    ['a', Buffer.from('1')],
    ['b', null],
    ['a', Buffer.from('2')],
  ] as const;
  const decoded = describe([record('{"x":1}', { key: Buffer.from('k'), headers, timestamp: timestamp + 5 })]);
  assert.deepEqual(lines(decoded), [
    `{"h.a":"2","h.b":null,"h.a":"1","t":${timestamp + 5},"topic":"clicks","key":"k","x":1}`,
  ]);
  assert.deepEqual([decoded.records, decoded.valueBytes, decoded.tombstones], [1, 7, 0]);
});

test('nothing is written of what is not asked for, and a key or value that is null is left out', () => {
  const full = record('{"x":1}', { key: Buffer.from('k'), headers: [['a', Buffer.from('1')]] });
  const few = { timestamp: 't', topic: 'topic' };
  assert.deepEqual(lines(describe([full], few)), [`{"t":${timestamp},"topic":"clicks","x":1}`]);
  assert.deepEqual(lines(describe([record(null), record('{ }')])), [
    `{"t":${timestamp},"topic":"clicks"}`,
    `{"t":${timestamp},"topic":"clicks"}`,
  ]);
  assert.deepEqual(lines(describe([record(null), record('a,"b"\r\n')], { ...few, value: 'v' })), [
    `{"t":${timestamp},"topic":"clicks"}`,
    `{"t":${timestamp},"topic":"clicks","v":"a,\\"b\\""}`,
  ]);
});

test('a value that is no object is a line of its own that is none either, whatever it holds', () => {
  const broken = ['{"x":1},"t":5}', '{"x":1', '{', '[{"x":1}]', '"t":5}', '{}}', '{},{}', '{,}', '{"x":1}{"y":2}', 'x'];
  const decoded = describe([...broken, '{"good":1}'].map((value) => record(value)));
  const described = lines(decoded);
  assert.equal(decoded.records, broken.length + 1);
  assert.equal(described.length, broken.length + 1);
  for (const [i, line] of described.slice(0, -1).entries()) {
    const parsed = parse(line);
    assert.ok(parsed === undefined || Array.isArray(parsed), `${broken[i]} became ${line}`);
  }
  assert.deepEqual(parse(described.at(-1) as string), { t: timestamp, topic: 'clicks', good: 1 });
});

test('line breaks inside a value are spaces, and a blank value a blank line', () => {
  assert.deepEqual(lines(describe([record(' \n{\n"x":\r\n1}\n'), record(' \n')])), [
    `{"t":${timestamp},"topic":"clicks","x":  1} `,
    '  ',
  ]);
});

test("a broker's time is that of all records of a batch", () => {
  const records = [record(null, { timestamp: timestamp + 1 }), record(null, { timestamp: timestamp + 9 })];
  const times = (options = {}) => lines(describe(records, names, options)).map((line) => parse(line)?.t);
  assert.deepEqual(times(), [timestamp + 1, timestamp + 9]);
  assert.deepEqual(times({ logAppendTime: true }), [timestamp + 9, timestamp + 9]);
});

test('headers in Latin-1 and in ASCII', () => {
  const headers = [['a', Buffer.from([0x41, 0xe9, 0xff])]] as const;
  const header = (encoding: 'latin1' | 'ascii') =>
    parse(lines(describe([record(null, { headers })], { ...names, headers: { prefix: '', encoding } }))[0] as string)
      ?.a;
  assert.equal(header('latin1'), 'Aéÿ');
  assert.equal(header('ascii'), 'A\ufffd\ufffd');
});

test('any keys, headers, times and values come out as they went in, whatever the codec', () => {
  const bytes = fc.option(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), { freq: 10 });
  const records = fc.array(
    fc.record({
      key: bytes,
      value: bytes,
      header: bytes,
      name: fc.string(),
      timestamp: fc.integer({ min: -1, max: 2 ** 45 }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  const columns: RecordColumns = { ...names, value: 'value' };
  const buffer = (part: string | null) => (part === null ? null : Buffer.from(part));
  fc.assert(
    fc.property(records, fc.constantFrom(...codecs), (wanted, codec) => {
      const decoded = describe(
        wanted.map(({ key, value, header, name, timestamp }) => ({
          key: buffer(key),
          value: buffer(value),
          headers: [[name, buffer(header)]],
          timestamp,
        })),
        columns,
        { codec },
      );
      const found = lines(decoded).map((line) => parse(line));
      const expected = wanted.map(({ key, value, header, name, timestamp }) => ({
        [`h.${name}`]: header,
        t: timestamp,
        topic: 'clicks',
        ...(key === null ? {} : { key }),
        ...(value === null ? {} : { value: value.replace(/[\r\n]+$/, '') }),
      }));
      assert.deepEqual(found, expected);
    }),
    { numRuns: 60 },
  );
});

test('records that do not fit their lengths are a fault, and nothing of them is written', () => {
  const batches = encodeBatch([record('{"x":1}'), record('{"x":2}')], { timestamp });
  const describer = new RecordDescriber(names);
  describer.begin('clicks');
  const counts = { records: 0, tombstones: 0, valueBytes: 0, mayBeBlank: false };
  const whole = { buffer: batches, start: 61, end: batches.length, count: 2, firstDelta: 0 };
  const times = { base: timestamp, appended: undefined };
  assert.equal(describer.write({ ...whole, end: batches.length - 1 }, times, counts), false);
  assert.equal(describer.write({ ...whole, count: 1_000_000 }, times, counts), false);
  for (let at = 61; at < batches.length; at++) {
    const damaged = Buffer.from(batches);
    damaged[at] = 0x7f;
    describer.begin('clicks');
    // Whatever it says, it ends and stays within the buffer.
    describer.write({ ...whole, buffer: damaged }, times, { ...counts });
  }
  describer.begin('clicks');
  assert.deepEqual(
    [describer.lines.length, counts],
    [0, { records: 0, tombstones: 0, valueBytes: 0, mayBeBlank: false }],
  );
});

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
