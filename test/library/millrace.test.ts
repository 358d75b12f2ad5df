import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Millrace, type MillraceOptions, openMillrace } from '../../src/library/millrace.ts';
import { settled } from '../support/supervised.ts';

async function open(t: TestContext, options?: MillraceOptions): Promise<Millrace> {
  const millrace = await openMillrace(options);
  t.after(() => millrace.close());
  return millrace;
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-library-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const dataSchema = {
  dataSource: 'd',
  timestampSpec: { column: 'time', format: 'auto' },
  dimensionsSpec: { dimensions: ['url'] },
  metricsSpec: [{ type: 'count', name: 'views' }],
  granularitySpec: { segmentGranularity: 'day', queryGranularity: 'hour' },
};

const events = [
  { time: '2026-01-01T12:00:01Z', url: '/a' },
  { time: '2026-01-01T12:00:02Z', url: '/a' },
  { time: '2026-01-01T12:00:03Z', url: '/b' },
];

/** Rows and the sum of their views: both show whether there was rollup. */
async function totals(millrace: Millrace, dataSource = 'd') {
  const [answer] = await millrace.query<{ result: { rows: number; views: number } }>({
    queryType: 'timeseries',
    dataSource,
    intervals: ['2000-01-01/2100-01-01'],
    granularity: 'all',
    aggregations: [
      { type: 'count', name: 'rows' },
      { type: 'longSum', name: 'views', fieldName: 'views' },
    ],
  });
  return answer?.result;
}

test('events as objects, as a JSON array, as lines and as bytes', async (t) => {
  const millrace = await open(t);
  await millrace.define(dataSchema);
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  for (const form of [events, JSON.stringify(events), lines, Buffer.from(lines)]) {
    const outcome = await millrace.push('d', form);
    assert.deepEqual(outcome, { received: 3, sent: 3, dropped: {}, droppedEvents: [] });
  }
  assert.equal((await totals(millrace))?.views, 12);
});

test('the bytes that a caller pushes stay as they are', async (t) => {
  const millrace = await open(t);
  const bytes = Buffer.from(JSON.stringify(events, null, 2));
  const before = bytes.toString();
  await millrace.push('auto', bytes);
  assert.equal(bytes.toString(), before);
});

test('a supervisor spec in its envelope, its parts, and an entry of a Tranquility file', async (t) => {
  const millrace = await open(t);
  const parts = { dataSchema, ioConfig: { inputFormat: { type: 'json' } }, tuningConfig: { type: 'kafka' } };
  for (const spec of [{ type: 'kafka', spec: parts }, { type: 'kafka', ...parts }, parts]) {
    assert.equal(await millrace.define(spec), 'd');
    assert.equal((await millrace.push('d', events)).sent, 3);
  }
  assert.equal(await millrace.define({ spec: { dataSchema: { ...dataSchema, dataSource: 'windowed' } } }), 'windowed');
  assert.deepEqual((await millrace.push('windowed', events)).dropped, { late: 3 });
});

test('a mistake in a definition is answered with its path', async (t) => {
  const millrace = await open(t);
  const wrong = { ...dataSchema, metricsSpec: [{ type: 'longSums', name: 'n', fieldName: 'n' }] };
  await assert.rejects(millrace.define(wrong), /\$\.metricsSpec\[0\]\.type.*longSums.*longSum/);
  await assert.rejects(
    millrace.define({ type: 'kafka', spec: { dataSchema: wrong } }),
    /\$\.spec\.dataSchema\.metricsSpec\[0\]\.type/,
  );
  await assert.rejects(
    millrace.define({ spec: { dataSchema: wrong } }),
    /\$\.spec\.dataSchema\.metricsSpec\[0\]\.type/,
  );
  await assert.rejects(millrace.define({ ioConfig: {} }), /\$\.dataSchema/);
});

test('what was dropped is named by place and reason, and can be read back', async (t) => {
  const millrace = await open(t);
  await millrace.define(dataSchema);
  const outcome = await millrace.push('d', [events[0] as object, { time: 'soon' }, events[1] as object]);
  assert.deepEqual(outcome, {
    received: 3,
    sent: 2,
    dropped: { unparseable: 1 },
    droppedEvents: [{ event: 1, reason: 'unparseable' }],
  });
  assert.deepEqual(
    (await millrace.rejects('d')).map(({ reason, event }) => [reason, event]),
    [['unparseable', '{"time":"soon"}']],
  );
});

test('what are no events is refused, with the index of the wrong one', async (t) => {
  const millrace = await open(t);
  const push = (given: unknown) => millrace.push('d', given as object[]);
  await assert.rejects(push([events[0], undefined]), { code: 'invalidInput', message: /^event 1: .*undefined/ });
  await assert.rejects(push([[events[0]]]), { code: 'invalidInput', message: /^event 0: / });
  await assert.rejects(push([{ time: 1n }]), { code: 'invalidInput', message: /^event 0: .*BigInt/ });
  await assert.rejects(push(5), { code: 'invalidInput', message: /array/ });
  assert.deepEqual(await millrace.dataSources(), []);
});

test('SQL, as a text and as a request', async (t) => {
  const millrace = await open(t);
  await millrace.define(dataSchema);
  await millrace.push('d', events);
  assert.deepEqual(await millrace.sql('SELECT url, SUM(views) AS views FROM d GROUP BY 1 ORDER BY 1'), [
    { url: '/a', views: 2 },
    { url: '/b', views: 1 },
  ]);
  const request = { query: 'SELECT url FROM d WHERE url = ?', parameters: [{ type: 'VARCHAR', value: '/b' }] };
  assert.deepEqual(await millrace.sql({ ...request, resultFormat: 'array' }), [['/b']]);
  await assert.rejects(millrace.sql('SELECT 1 FROM nowhere'), { code: 'invalidInput', message: /nowhere/ });
});

test('a folder holds the data from one opening to the next', async (t) => {
  const data = temporaryFolder(t);
  const first = await openMillrace({ data });
  await first.define(dataSchema);
  await first.push('d', events);
  await first.close();
  const second = await open(t, { data });
  assert.deepEqual(await second.dataSources(), ['d']);
  assert.deepEqual(await totals(second), { rows: 2, views: 3 });
});

test('without a folder nothing is left behind, and closing twice is closing once', async (t) => {
  const root = temporaryFolder(t);
  const { TMPDIR } = process.env;
  t.after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  process.env.TMPDIR = root;
  const millrace = await openMillrace();
  await millrace.push('d', events);
  assert.equal(readdirSync(root).length, 1);
  await Promise.all([millrace.close(), millrace.close()]);
  assert.deepEqual(readdirSync(root), []);
});

test('without autoCreate an unknown dataSource is refused', async (t) => {
  const millrace = await open(t, { autoCreate: false });
  await assert.rejects(millrace.push('nobody', events), /No definition for dataSource 'nobody'/);
});

test('a query that is given up ends with an error', async (t) => {
  const millrace = await open(t);
  await millrace.push('d', events);
  const query = { queryType: 'timeBoundary', dataSource: 'd' };
  await assert.rejects(millrace.query(query, { signal: AbortSignal.abort() }), { code: 'cancelled' });
});

test('a supervisor: what it cannot reach shows in its status; it comes back with the folder, until it is terminated', async (t) => {
  const data = temporaryFolder(t);
  const first = await openMillrace({ data });
  const ioConfig = {
    topic: 'd',
    // The discard port: nobody listens.
    consumerProperties: { 'bootstrap.servers': '127.0.0.1:9' },
    inputFormat: { type: 'json' },
    startDelay: 'PT0S',
  };
  const supervisor = await first.supervise({ type: 'kafka', spec: { dataSchema, ioConfig } });
  assert.equal(supervisor.id, 'd');
  await settled(async () => assert.equal((await supervisor.status()).detailedState, 'UNABLE_TO_CONNECT_TO_STREAM'));
  await supervisor.suspend();
  await first.close();

  const second = await openMillrace({ data });
  t.after(() => second.close());
  const [again, ...others] = await second.supervisors();
  assert.deepEqual([again?.id, others.length], ['d', 0]);
  assert.equal((await again?.status())?.state, 'SUSPENDED');
  await assert.rejects(again?.suspend() ?? Promise.resolve(), { code: 'invalidInput' });
  await again?.resetOffsets({ 'd/0': 5 });
  await again?.terminate();
  assert.deepEqual(await second.supervisors(), []);
  await assert.rejects(again?.status() ?? Promise.resolve(), { code: 'notFound' });
});

test('a supervisor spec with a mistake is refused with its place', async (t) => {
  const millrace = await open(t);
  const spec = { type: 'kafka', spec: { dataSchema, ioConfig: { topic: 'd', consumerProperties: {} } } };
  await assert.rejects(millrace.supervise(spec), {
    code: 'invalidInput',
    message: /^\$\.spec\.ioConfig\.consumerProperties.*bootstrap\.servers/,
  });
});

test('a Druid without a Kafka, or a Kafka without a Druid, as JavaScript lets one write it: refused, and no folder takes the events', async () => {
  const halves: readonly [object, RegExp][] = [
    [{ druid: 'http://127.0.0.1:9' }, /^'druid' needs the Kafka .* add \{ kafka: 'host:9092' \}$/],
    [{ kafka: '127.0.0.1:9' }, /^'kafka' is of a Druid cluster; say where it is/],
  ];
  for (const [options, message] of halves)
    await assert.rejects(openMillrace(options as MillraceOptions), { code: 'invalidInput', message });
});
