/** The library's supervisors, reading records of a real broker: values alone, and with what Kafka knows of them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Millrace, openMillrace } from '../../../src/library/millrace.ts';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { eternity } from '../../support/backend.ts';
import { kafkaSpec, type SpecChanges, settled } from '../../support/supervised.ts';

let broker: KafkaBroker;
let scribe: Scribe;
let millrace: Millrace;

before(async () => {
  broker = await KafkaBroker.start();
  scribe = new Scribe(broker.bootstrapServers);
  await scribe.openProducer('plain');
  millrace = await openMillrace();
});

after(async () => {
  await millrace?.close();
  await scribe?.stop();
  await broker?.stop();
});

/** All of the topic, into a dataSource of its name; settled when so many records are read. */
async function read(topic: string, records: number, { schema, io }: SpecChanges) {
  await scribe.flush('plain');
  const consumerProperties = { 'bootstrap.servers': broker.bootstrapServers };
  const spec = kafkaSpec({ schema: { dataSource: topic, ...schema }, io: { topic, consumerProperties, ...io } });
  const supervisor = await millrace.supervise(spec);
  const offsets = async () => (await supervisor.status()).activeTasks[0]?.currentOffsets;
  await settled(async () =>
    assert.deepEqual(await offsets(), { 0: records }, JSON.stringify(await supervisor.status())),
  );
  return supervisor;
}

async function scan(dataSource: string, columns: readonly string[]): Promise<readonly unknown[][]> {
  const query = { queryType: 'scan', dataSource, intervals: eternity, resultFormat: 'compactedList', columns };
  const found = await millrace.query<{ events: unknown[][] }>(query);
  return found.flatMap(({ events }) => events);
}

const at = Date.parse('2026-06-01T00:00:00Z');

test('values alone', async () => {
  await scribe.createTopic('values');
  for (const n of [1, 2, 3]) await scribe.send('plain', 'values', `2026-06-01T00:00:00Z,p,${n}`, { key: 'k' });
  await read('values', 3, { io: { inputFormat: { type: 'csv', columns: ['time', 'page', 'n'] } } });
  assert.deepEqual(await scan('values', ['__time', 'page', 'events', 'n']), [[at, 'p', 3, 6]]);
});

test('the input format kafka: headers, time, topic and key are columns beside the value; one that is broken spoils no other', async () => {
  await scribe.createTopic('records');
  const send = (value: string | null, key: string, headers: Readonly<Record<string, string>> = {}) =>
    scribe.send('plain', 'records', value, { key, headers, timestamp: at });
  await send('{"page":"/a","n":1}', 'ann', { region: 'é"1' });
  await send('{"page":"/b","n":2},"page":"/evil"}', 'bob', { region: 'x' });
  await send('{"page":"/c","n":4', 'bob');
  await send(null, 'cid', { region: 'gone' });
  await send('{"page":"/d",\n"n":8}', '');
  const inputFormat = {
    type: 'kafka',
    valueFormat: { type: 'json' },
    keyFormat: { type: 'tsv', findColumnsFromHeader: false, columns: ['x'] },
    headerFormat: { type: 'string' },
    headerColumnPrefix: 'h.',
  };
  const schema = {
    timestampSpec: { column: 'kafka.timestamp', format: 'millis' },
    dimensionsSpec: { dimensions: [], includeAllDimensions: true },
    granularitySpec: { rollup: false },
  };
  const supervisor = await read('records', 5, { schema, io: { inputFormat } });
  assert.deepEqual(await scan('records', ['__time', 'kafka.topic', 'kafka.key', 'h.region', 'page', 'n']), [
    [at, 'records', 'ann', 'é"1', '/a', 1],
    [at, 'records', 'cid', 'gone', null, null],
    [at, 'records', null, null, '/d', 8],
  ]);
  assert.match(JSON.stringify(await supervisor.stats()), /"processed":3,.*"unparseable":2/);
});

test('the input format kafka with values that are CSV; headers are found', async () => {
  await scribe.createTopic('lines');
  for (const n of [1, 2])
    await scribe.send('plain', 'lines', `2026-06-01T00:00:00Z,p,${n}`, { key: '{"user":"u"}', headers: { a: 'b' } });
  const inputFormat = {
    type: 'kafka',
    valueFormat: { type: 'csv', columns: ['time', 'page', 'n'] },
    keyFormat: { type: 'json' },
    headerFormat: { type: 'string' },
  };
  const dimensionsSpec = { dimensions: ['page', 'kafka.key'], includeAllDimensions: true };
  await read('lines', 2, { schema: { dimensionsSpec }, io: { inputFormat } });
  const columns = ['page', 'kafka.key', 'kafka.header.a', 'kafka.topic'];
  // One row for each timestamp that Kafka gave.
  for (const row of await scan('lines', columns)) assert.deepEqual(row, ['p', 'u', 'b', 'lines']);
});
