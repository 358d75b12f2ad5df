/** Slices, samples and names; whose definition it is; what is refused. On a real Druid. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { parseInterval } from '../../src/catalog/time.ts';
import { type CloneOptions, cloneDataSource } from '../../src/clone/index.ts';
import { type Druid, openDruid } from '../../src/druid/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { type DataSet, dataSets, inlineTask } from '../conformance/data-sets.ts';
import { type SharedDruid, sharedDruid } from '../services/on-demand.ts';
import { eternity, type TestBackend, temporaryBackend } from '../support/backend.ts';

const { dataSchema, lines } = dataSets.find((set) => set.dataSchema.dataSource === 'edits') as DataSet;
const edits = `clone-slice-${randomBytes(4).toString('hex')}`;
const ofEdits = { ...dataSchema, dataSource: edits };

let shared: SharedDruid;
let druid: Druid;

before(async () => {
  shared = await sharedDruid();
  druid = openDruid({ at: shared.router }, createLogger('silent'));
  await shared.client.ingest(inlineTask({ dataSchema: ofEdits, lines }));
});

after(async () => {
  await druid?.close();
  await shared?.release();
});

const into = (millrace: TestBackend, options: Partial<CloneOptions> = {}) =>
  cloneDataSource({ druid, backend: millrace.backend, dataSource: edits, without: ['users'], ...options });

async function sumOf(millrace: TestBackend, metric: string, dataSource = edits): Promise<unknown> {
  const aggregations = [{ type: 'longSum', name: 'sum', fieldName: metric }];
  const query = { queryType: 'timeseries', dataSource, granularity: 'all', intervals: eternity, aggregations };
  return (await millrace.query(query))[0]?.result.sum;
}

test('an interval of it, under another name', async () => {
  await using millrace = await temporaryBackend();
  const outcome = await into(millrace, { as: 'night', interval: parseInterval('2015-09-12T00/2015-09-12T06') });
  const [there] = await shared.client.sql<{ rows: number; added: number }>(
    `SELECT COUNT(*) AS "rows", SUM("added") AS "added" FROM "${edits}" WHERE __time < TIMESTAMP '2015-09-12 06:00:00'`,
  );
  assert.deepEqual([outcome.rows, outcome.taken, outcome.moving], [there?.rows, there?.rows, []]);
  assert.equal(await sumOf(millrace, 'added', 'night'), there?.added);
});

test('it is segments, and there when the folder is opened again', async () => {
  await using millrace = await temporaryBackend();
  await into(millrace);
  const added = await sumOf(millrace, 'added');
  const segments = await millrace.query({
    queryType: 'segmentMetadata',
    dataSource: edits,
    intervals: eternity,
    analysisTypes: ['interval'],
  });
  assert.deepEqual(
    segments.map(({ intervals }: { intervals: unknown }) => intervals),
    [['2015-09-12T00:00:00.000Z/2015-09-13T00:00:00.000Z']],
  );
  await millrace.reopen();
  assert.equal(await sumOf(millrace, 'added'), added);
});

test('a sample is the same rows each time', async () => {
  await using millrace = await temporaryBackend();
  const columns = ['__time', 'channel', 'countryName', 'namespace', 'added'];
  const first = await into(millrace, { sample: 0.25 });
  await into(millrace, { sample: 0.25, as: 'again' });
  const all = await into(millrace, { as: 'all' });
  assert.equal(first.rows, all.rows);
  // Of so many rows a quarter, give or take five standard deviations.
  const spread = 5 * Math.sqrt(all.rows * 0.25 * 0.75);
  assert.ok(Math.abs(first.taken - all.rows / 4) < spread, `${first.taken} of ${all.rows}`);
  const sampled = await millrace.rows(edits, columns);
  assert.equal(sampled.length, first.taken);
  assert.deepEqual(await millrace.rows('again', columns), sampled);
  const whole = new Set((await millrace.rows('all', columns)).map((row) => JSON.stringify(row)));
  assert.ok(sampled.every((row) => whole.has(JSON.stringify(row))));
});

test('columns that cannot come are named before anything is read', async () => {
  await using millrace = await temporaryBackend();
  await assert.rejects(into(millrace, { without: [] }), {
    code: 'invalidInput',
    message: /'users' of type COMPLEX<hyperUnique> \(.*\)\. Leave them out: --without users$/,
  });
  await assert.rejects(into(millrace, { without: ['users', 'usrs'] }), {
    message: "there is no column 'usrs' that could be left out",
  });
  assert.deepEqual(await millrace.backend.dataSources(), []);
});

test('what the folder has is not added to, and replaced only when that is asked for', async () => {
  await using millrace = await temporaryBackend();
  await into(millrace);
  await assert.rejects(into(millrace), { code: 'conflict' });
  const added = await sumOf(millrace, 'added');
  await into(millrace, { replace: true, interval: parseInterval('2015-09-12T00/2015-09-12T01') });
  assert.ok(Number(await sumOf(millrace, 'added')) < Number(added));
  await into(millrace, { replace: true });
  assert.equal(await sumOf(millrace, 'added'), added);
});

test("a supervisor's definition comes with the rows, and takes its events", async (t) => {
  t.after(() => shared.client.terminate(edits));
  const ioConfig = {
    topic: edits,
    inputFormat: { type: 'json' },
    consumerProperties: { 'bootstrap.servers': shared.kafka },
  };
  await shared.client.submit({ type: 'kafka', suspended: true, spec: { dataSchema: ofEdits, ioConfig } });
  await using millrace = await temporaryBackend();
  const { isSupervisors, dataSource } = await into(millrace);
  assert.equal(isSupervisors, true);
  const types = dataSource.metrics.map(({ spec: { type } }) => type);
  assert.deepEqual(types, ['count', 'longSum', 'longSum', 'doubleSum', 'longMin', 'doubleMax', 'filtered']);
  const before = Number(await sumOf(millrace, 'count'));
  await millrace.push(edits, lines.trimEnd().split('\n').slice(0, 3).join('\n'));
  assert.equal(Number(await sumOf(millrace, 'count')) - before, 3);
});

test('a dataSource without rows there is not found', async () => {
  await using millrace = await temporaryBackend();
  await assert.rejects(into(millrace, { dataSource: 'clone-nothing' }), { code: 'notFound' });
  await assert.rejects(into(millrace, { interval: parseInterval('2001/2002') }), { code: 'notFound' });
});
