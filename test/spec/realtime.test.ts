/** Both layouts: https://github.com/apache/druid/blob/0.9.2/docs/content/ingestion/stream-pull.md and Druid 0.5's Realtime.md */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { type EventSource, firehoseSchema } from '../../src/sources/firehoses/index.ts';
import { loadJson } from '../../src/spec/load.ts';
import { type RealtimeSpec, readRealtimeSpecs } from '../../src/spec/realtime.ts';

const sample = readFileSync(new URL('../fixtures/samples/wikipedia.spec', import.meta.url), 'utf8');

type Json = Readonly<Record<string, unknown>>;
type Spec = RealtimeSpec<readonly EventSource[]>;

const read = (text: string) => readRealtimeSpecs(loadJson(text, 'a.spec'), firehoseSchema);

const receiver = { type: 'receiver', serviceName: 'wiki' };

/** One spec, of which parts may be otherwise. */
const spec = ({ firehose = receiver, tuningConfig }: { firehose?: unknown; tuningConfig?: Json } = {}): Json => ({
  dataSchema: { dataSource: 'wikipedia' },
  ioConfig: { type: 'realtime', firehose, plumber: { type: 'realtime' } },
  ...(tuningConfig && { tuningConfig }),
});

const readOne = (value: Json): Spec => {
  const [only, ...others] = read(JSON.stringify([value]));
  assert.equal(others.length, 0);
  return only as Spec;
};

const sourcesOf = (firehose: unknown) => readOne(spec({ firehose })).firehose;

const fails = (value: unknown, code: string, message: RegExp) =>
  assert.throws(
    () => read(typeof value === 'string' ? value : JSON.stringify(value, undefined, 1)),
    (error) => {
      assert.ok(error instanceof MillraceError);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      return true;
    },
  );

test('the sample: messageTime, ten minutes, days; a topic from its end on, and a warning for each old property', () => {
  const [wikipedia, ...others] = read(sample);
  assert.equal(others.length, 0);
  assert.equal(wikipedia?.dataSource.name, 'wikipedia');
  assert.deepEqual(wikipedia.dataSource.window, { policy: 'messageTime', periodMs: 600_000, rule: 'event' });
  assert.equal(wikipedia.dataSource.segmentGranularity.entry.type, 'day');
  const [kafka, ...more] = wikipedia.firehose;
  assert.equal(more.length, 0);
  assert.ok(kafka?.kind === 'stream');
  assert.deepEqual([kafka.name, kafka.start], ['kafka/druid-example/wikipedia', 'latest']);
  assert.equal(kafka.warnings.length, 4);
});

test('what a tuningConfig leaves out: ten minutes around the clock', () => {
  const { window } = readOne(spec()).dataSource;
  assert.deepEqual(window, { policy: 'serverTime', periodMs: 600_000, rule: 'event' });
});

test('without a rejection policy worth the name nothing is handed off', () => {
  const tuningConfig = {
    type: 'realtime',
    windowPeriod: 'PT1M',
    rejectionPolicy: { type: 'none' },
    maxRowsInMemory: '75000',
    intermediatePersistPeriod: 'PT10m',
    shardSpec: { type: 'linear', partitionNum: 0 },
  };
  const { window } = readOne(spec({ tuningConfig })).dataSource;
  assert.deepEqual(window, { policy: 'none', periodMs: 60_000, rule: 'event', handOff: 'never' });
});

/** As Druid 0.5 had it. */
const old = {
  schema: {
    dataSource: 'druidtest',
    aggregators: [
      { type: 'count', name: 'impressions' },
      { type: 'doubleSum', name: 'wp', fieldName: 'wp' },
    ],
    indexGranularity: 'minute',
    shardSpec: { type: 'none' },
  },
  config: { maxRowsInMemory: 500000, intermediatePersistPeriod: 'PT10m' },
  firehose: {
    type: 'kafka-0.7.2',
    consumerProps: {
      'zk.connect': 'localhost:2181',
      'bootstrap.servers': 'localhost:9092',
      groupid: 'topic-pixel-local',
      'fetch.size': '1048586',
      'autooffset.reset': 'smallest',
      'autocommit.enable': 'false',
    },
    feed: 'druidtest',
    parser: {
      timestampSpec: { column: 'utcdt', format: 'iso' },
      data: { format: 'csv', columns: ['utcdt', 'page', 'wp', 'x'], dimensions: ['page', 'x'] },
      dimensionExclusions: ['x'],
    },
  },
  plumber: {
    type: 'realtime',
    windowPeriod: 'PT5m',
    segmentGranularity: 'hour',
    basePersistDirectory: '/tmp/realtime/basePersist',
    rejectionPolicy: { type: 'messageTime' },
  },
};

test('the layout of schema, config, firehose and plumber is the same definition', () => {
  const { dataSource, firehose } = readOne(old);
  assert.equal(dataSource.name, 'druidtest');
  assert.deepEqual(dataSource.timestamp, { column: 'utcdt', format: 'iso' });
  assert.ok(dataSource.input.type === 'delimited');
  assert.deepEqual(dataSource.input.columns, ['utcdt', 'page', 'wp', 'x']);
  assert.deepEqual(
    dataSource.dimensions.map(({ name }) => name),
    ['page', 'x'],
  );
  assert.deepEqual(
    dataSource.metrics.map(({ spec: { name } }) => name),
    ['impressions', 'wp'],
  );
  assert.equal(dataSource.queryGranularity.entry.type, 'minute');
  assert.equal(dataSource.segmentGranularity.entry.type, 'hour');
  assert.deepEqual(dataSource.window, { policy: 'messageTime', periodMs: 300_000, rule: 'event' });
  const [kafka] = firehose;
  assert.ok(kafka?.kind === 'stream');
  assert.deepEqual([kafka.name, kafka.start], ['kafka/topic-pixel-local/druidtest', 'earliest']);
});

test('rejectionPolicyFactory is the first name of rejectionPolicy', () => {
  const { rejectionPolicy, ...plumber } = old.plumber;
  const { window } = readOne({ ...old, plumber: { ...plumber, rejectionPolicyFactory: rejectionPolicy } }).dataSource;
  assert.ok('policy' in window && window.policy === 'messageTime');
  const wrong = { ...plumber, rejectionPolicyFactory: { type: 'messagetimes' } };
  fails([{ ...old, plumber: wrong }], 'invalidInput', /\$\[0\]\.plumber\.rejectionPolicyFactory\.type: /);
  const forTests = { ...plumber, rejectionPolicy: { type: 'test' } };
  fails(
    [{ ...old, plumber: forTests }],
    'unsupported',
    /\.rejectionPolicy\.type: .*'test' is not supported; 'none' takes all/,
  );
});

test('mistakes are told at the line and column where they stand, in both layouts', () => {
  fails(
    sample.replace('"messageTime"', '"messagetimes"'),
    'invalidInput',
    /^a\.spec, line 47 column 36, .*'messageTime'/,
  );
  fails(
    sample.replace('"PT10m",\n      "base', '"10m",\n      "base'),
    'invalidInput',
    /^a\.spec, line 45 column 23, .*PT10M/,
  );
  fails(sample.replace('"feed"', '"topic"'), 'invalidInput', /firehose\.feed: .*expected a string, got nothing/);
  fails(sample.replace('"doubleSum"', '"dobleSum"'), 'invalidInput', /line 19 column 19.*did you mean 'doubleSum'/);
  const inOld = (change: Json) => [{ ...old, ...change }];
  fails(
    inOld({ plumber: { ...old.plumber, windowPeriod: 'ten' } }),
    'invalidInput',
    /\$\[0\]\.plumber\.windowPeriod: .*expected an ISO 8601 period/,
  );
  fails(
    inOld({ schema: { ...old.schema, indexGranularity: 'minuet' } }),
    'invalidInput',
    /\$\[0\]\.schema\.indexGranularity: /,
  );
  const { dataSource: _, ...nameless } = old.schema;
  fails(inOld({ schema: nameless }), 'invalidInput', /\$\[0\]\.schema\.dataSource: /);
  const parser = { ...old.firehose.parser, data: { format: 'xml' } };
  fails(inOld({ firehose: { ...old.firehose, parser } }), 'invalidInput', /\$\[0\]\.firehose\.parser\.data\.format: /);
});

test('a file with only ZooKeeper in it says which property to add, and where', () => {
  fails(
    sample.replace('"bootstrap.servers": "localhost:9092",', ''),
    'invalidInput',
    /^a\.spec, line 29 column 26, \$\[0\]\.ioConfig\.firehose\.consumerProps: .*expected 'bootstrap\.servers'/,
  );
});

test('several specs in a file; not two of one dataSource', () => {
  const other = { ...spec(), dataSchema: { dataSource: 'other' } };
  const names = read(JSON.stringify([spec(), other])).map(({ dataSource: { name } }) => name);
  assert.deepEqual(names, ['wikipedia', 'other']);
  fails([spec(), spec()], 'invalidInput', /\$\[1\]: .*'wikipedia' is there twice/);
  fails(spec(), 'invalidInput', /expected an array/);
});

test('what only Druid has is named, and answered 501', () => {
  for (const type of ['rabbitmq', 'ingestSegment', 'irc', 'static-s3'])
    fails([spec({ firehose: { type } })], 'unsupported', new RegExp(`firehose type '${type}' is not supported`));
  fails([spec({ firehose: { type: 'reciever' } })], 'invalidInput', /did you mean 'receiver'/);
  const nested = { type: 'clipped', interval: '2013/2014', delegate: { type: 'rabbitmq' } };
  fails([spec({ firehose: nested })], 'unsupported', /\$\[0\]\.ioConfig\.firehose\.delegate\.type: .*'rabbitmq'/);
});

test('a receiver waits with 100,000 events unless it says otherwise', () => {
  assert.deepEqual(sourcesOf(receiver), [{ kind: 'receiver', serviceName: 'wiki', bufferSize: 100_000, clips: [] }]);
  const [small] = sourcesOf({ ...receiver, bufferSize: '10' });
  assert.ok(small?.kind === 'receiver');
  assert.equal(small.bufferSize, 10);
  const [unsaid] = sourcesOf({ ...receiver, bufferSize: 0 });
  assert.ok(unsaid?.kind === 'receiver');
  assert.equal(unsaid.bufferSize, 100_000);
});

test('firehoses around firehoses come down to what they hold', () => {
  const local = { type: 'local', baseDir: '/data', filter: '*.json' };
  const inner = { type: 'timed', shutoffTime: '2013-09-02T00:00:00Z', delegate: receiver };
  const clip = (interval: string, delegate: unknown) => ({ type: 'clipped', interval, delegate });
  const delegates = [clip('2013-08-31/P1D', local), inner];
  const combined = { type: 'combining', delegates };
  const sources = sourcesOf({ type: 'timed', shutoffTime: '2013-09-03', delegate: clip('2013-08/P1M', combined) });
  const day = { start: Date.UTC(2013, 7, 31), end: Date.UTC(2013, 8, 1) };
  const month = { start: Date.UTC(2013, 7, 1), end: Date.UTC(2013, 8, 1) };
  assert.deepEqual(
    sources.map(({ kind, clips, untilMs }) => ({ kind, clips, untilMs })),
    [
      { kind: 'stream', clips: [day, month], untilMs: Date.UTC(2013, 8, 3) },
      { kind: 'receiver', clips: [month], untilMs: Date.UTC(2013, 8, 2) },
    ],
  );
  fails([spec({ firehose: clip('yesterday', receiver) })], 'invalidInput', /firehose\.interval: .*start\/end/);
});
