import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadJson } from '../../src/spec/load.ts';
import { readResetOffsets } from '../../src/spec/reset-offsets.ts';
import { readSupervisorSpec, supervisorJson } from '../../src/spec/supervisor.ts';

const sample = (name: string) => readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');
const consumerProperties = { 'bootstrap.servers': 'localhost:9092' };

const read = (value: unknown) => readSupervisorSpec(loadJson(JSON.stringify(value)));
const withIo = (io: object, tuningConfig: object = {}) =>
  read({
    type: 'kafka',
    spec: { dataSchema: { dataSource: 'd' }, ioConfig: { topic: 't', consumerProperties, ...io }, tuningConfig },
  });

test('the sample, in the old style: its definition, numbers in quotes, letter case, and all defaults', () => {
  const spec = readSupervisorSpec(loadJson(sample('metrics-kafka.fixed.json')));
  assert.equal(spec.id, 'metrics-kafka');
  assert.deepEqual(
    spec.dataSource.dimensions.map(({ name }) => name),
    ['url', 'user'],
  );
  assert.deepEqual(spec.ioConfig, {
    topic: 'metrics',
    topicPattern: null,
    inputFormat: null,
    consumerProperties: { 'bootstrap.servers': 'localhost:9092', 'group.id': 'kafka-indexing-service' },
    taskCount: 1,
    replicas: 1,
    taskDuration: 'PT1H',
    startDelay: 'PT5S',
    period: 'PT30S',
    useEarliestOffset: false,
    completionTimeout: 'PT30M',
    pollTimeout: 100,
    lateMessageRejectionPeriod: null,
    lateMessageRejectionStartDateTime: null,
    earlyMessageRejectionPeriod: null,
    idleConfig: null,
    autoScalerConfig: null,
    stopTaskCount: null,
  });
  assert.deepEqual(spec.tuningConfig, {
    type: 'kafka',
    maxRowsInMemory: 100_000,
    maxBytesInMemory: 0,
    maxRowsPerSegment: 5_000_000,
    maxTotalRows: 20_000_000,
    intermediatePersistPeriod: 'PT10M',
    intermediateHandoffPeriod: 'P2147483647D',
    maxPendingPersists: 0,
    handoffConditionTimeout: 900_000,
    resetOffsetAutomatically: false,
    workerThreads: null,
    chatRetries: 8,
    httpTimeout: 'PT10S',
    shutdownTimeout: 'PT80S',
    offsetFetchPeriod: 'PT30S',
    reportParseExceptions: false,
    logParseExceptions: false,
    maxParseExceptions: 2_147_483_647,
    maxSavedParseExceptions: 0,
  });
  assert.equal(spec.suspended, false);
});

test('what is shown makes the same spec again, edited in `spec` too', () => {
  for (const spec of [
    readSupervisorSpec(loadJson(sample('metrics-kafka.fixed.json'))),
    withIo({ inputFormat: { type: 'csv', columns: ['a'] }, idleConfig: { enabled: 'true' }, taskCount: '3' }),
  ]) {
    const shown = JSON.stringify(supervisorJson(spec));
    assert.equal(JSON.stringify(supervisorJson(readSupervisorSpec(loadJson(shown)))), shown);
  }
  const shown = JSON.parse(JSON.stringify(supervisorJson(withIo({}))));
  shown.spec.ioConfig.taskCount = 7;
  assert.equal(read(shown).ioConfig.taskCount, 7);
});

const refused: [string, () => unknown, RegExp][] = [
  ['no topic', () => withIo({ topic: null }), /ioConfig\.topic: .*expected either a topic or a topicPattern/],
  ['topic and topicPattern', () => withIo({ topicPattern: 't.*' }), /expected either a topic or a topicPattern/],
  [
    'two late properties',
    () => withIo({ lateMessageRejectionPeriod: 'PT1H', lateMessageRejectionStartDateTime: '2026' }),
    /only one of lateMessage/,
  ],
  [
    'no brokers',
    () => withIo({ consumerProperties: {} }),
    /consumerProperties\["bootstrap\.servers"\]: .*brokers' addresses/,
  ],
  ['a period that is none', () => withIo({ taskDuration: '1h' }), /ioConfig\.taskDuration: .*ISO 8601 period/],
  ['a taskCount of 0', () => withIo({ taskCount: 0 }), /taskCount: .*at least 1/],
  ['no type', () => read({ spec: {} }), /\$\.type: .*'kafka'/],
];
for (const [what, submit, message] of refused)
  test(`${what} is refused`, () => assert.throws(submit, { code: 'invalidInput', message }));

test('mistakes of the dataSchema and of the ioConfig are told together', () => {
  const spec = {
    dataSchema: { dataSource: 'd', metricsSpec: [{ type: 'cont', name: 'n' }] },
    ioConfig: { topic: 't' },
  };
  assert.throws(() => read({ type: 'kafka', spec }), {
    code: 'invalidInput',
    message: /spec\.ioConfig\.consumerProperties: .*spec\.dataSchema\.metricsSpec\[0\]\.type: .*did you mean 'count'/,
  });
});

test('a filter by headers is unsupported, as without it records would be read that are to be left out', () => {
  const filter = { filter: { type: 'in', dimension: 'region', values: ['eu'] } };
  assert.throws(() => withIo({ kafkaHeaderBasedFilterConfig: filter }), {
    code: 'unsupported',
    message: /\$\.spec\.ioConfig\.kafkaHeaderBasedFilterConfig: .*by their headers/,
  });
  assert.equal(withIo({ kafkaHeaderBasedFilterConfig: null }).id, 'd');
});

test("Druid's other supervisors are unsupported", () => {
  assert.throws(() => read({ type: 'kinesis' }), { code: 'unsupported', message: /'kinesis'/ });
});

const reset = (partitions: object, spec = withIo({})) =>
  readResetOffsets(loadJson(JSON.stringify({ type: 'kafka', partitions: { type: 'end', ...partitions } })), spec);

test('offsets to reset: by number, or with several topics by topic and number', () => {
  assert.deepEqual(
    reset({ stream: 't', partitionOffsetMap: { 0: 100, 2: '650' } }),
    new Map([
      ['t/0', 100n],
      ['t/2', 650n],
    ]),
  );
  const several = withIo({ topic: null, topicPattern: 't.*' });
  assert.deepEqual(reset({ stream: 't.*', partitionOffsetMap: { 'ta:3': 5 } }, several), new Map([['ta/3', 5n]]));
  assert.throws(() => reset({ stream: 'u', partitionOffsetMap: {} }), {
    code: 'invalidInput',
    message: /expected 't'/,
  });
  assert.throws(() => reset({ stream: 't', partitionOffsetMap: { 'ta:3': 5 } }), { message: /a partition's number/ });
  assert.throws(() => reset({ stream: 't', partitionOffsetMap: { 0: -1 } }), { message: /partitionOffsetMap/ });
});
