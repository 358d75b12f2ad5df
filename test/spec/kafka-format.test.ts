/** The input format that adds what Kafka knows about a record. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDataSource } from '../../src/spec/data-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const read = (inputFormat: Json) => readDataSource({ dataSource: 'd' }, { inputFormat });

test('the input format kafka: its columns by default, and by other names', () => {
  const json = { type: 'json', rootFields: true, flatten: [] };
  assert.deepEqual(read({ type: 'kafka', valueFormat: { type: 'json' } }).input, {
    ...json,
    kafka: { timestamp: 'kafka.timestamp', topic: 'kafka.topic', key: undefined, headers: undefined },
  });
  const named = {
    type: 'kafka',
    valueFormat: { type: 'json' },
    keyFormat: { type: 'json' },
    headerFormat: { type: 'string', encoding: 'ISO-8859-1' },
    timestampColumnName: 't',
    topicColumnName: 'topic',
    keyColumnName: 'k',
    headerColumnPrefix: 'h_',
  };
  assert.deepEqual(read(named).input.kafka, {
    timestamp: 't',
    topic: 'topic',
    key: { name: 'k', format: json },
    headers: { prefix: 'h_', encoding: 'latin1' },
  });
});

const kafka = (valueFormat: Json, rest: Json = {}): Json => ({ type: 'kafka', valueFormat, ...rest });

const mistakes: readonly (readonly [what: string, inputFormat: Json, status: number, message: RegExp])[] = [
  ['kafka without a valueFormat', { type: 'kafka' }, 400, /valueFormat\.type: .*expected the format's type/],
  ['kafka in kafka', kafka({ type: 'kafka', valueFormat: { type: 'json' } }), 400, /a format other than kafka/],
  ['kafka with header rows', kafka({ type: 'csv', findColumnsFromHeader: true }), 400, /records have no header rows/],
  [
    'kafka in UTF-16',
    kafka({ type: 'json' }, { headerFormat: { type: 'string', encoding: 'UTF-16' } }),
    501,
    /headers in 'UTF-16'/,
  ],
];
for (const [what, inputFormat, status, message] of mistakes) {
  test(`${what} is refused`, () => assert.throws(() => read(inputFormat), { status, message }));
}
