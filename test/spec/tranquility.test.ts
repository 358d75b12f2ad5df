import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadTranquilityFile } from '../../src/spec/tranquility.ts';

const sample = (name: string) => readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');
const server = sample('tranquility-server.json');
const kafka = sample('tranquility-kafka.json');

/** A file of one dataSource `d`, JSON as the original takes it. */
function fileOf(parts: { tuningConfig?: object; ioConfig?: object; own?: object; shared?: object } = {}): string {
  const dataSchema = { dataSource: 'd', metricsSpec: [{ type: 'count', name: 'n' }] };
  const spec = { dataSchema, ioConfig: parts.ioConfig, tuningConfig: parts.tuningConfig };
  return JSON.stringify({ dataSources: [{ spec, properties: parts.own }], properties: parts.shared });
}

test("the server's sample loads as it is", () => {
  const { dataSources, httpPort, properties } = loadTranquilityFile(server);
  assert.equal(httpPort, 8200);
  assert.equal(properties['http.threads'], 8);
  const [pageviews] = dataSources;
  assert.ok(pageviews);
  assert.equal(dataSources.length, 1);
  assert.equal(pageviews.name, 'pageviews');
  assert.deepEqual(
    pageviews.dimensions.map(({ name }) => name),
    ['url', 'user'],
  );
  assert.deepEqual(
    pageviews.metrics.map(({ spec }) => spec.name),
    ['views', 'latencyMs'],
  );
  assert.deepEqual(pageviews.timestamp, { column: 'time', format: 'auto' });
  assert.deepEqual(pageviews.window, { policy: 'serverTime', periodMs: 600_000, rule: 'event' });
  assert.equal(pageviews.segmentGranularity.entry.type, 'hour');
  assert.equal(pageviews.rollup, true);
});

test("Kafka's sample loads as it is, with its trailing comma", () => {
  const { dataSources, properties, propertiesOf } = loadTranquilityFile(kafka);
  assert.deepEqual(
    dataSources.map(({ name }) => name),
    ['pageViews-kafka'],
  );
  assert.equal(properties['consumer.numThreads'], 2);
  assert.equal(properties['kafka.bootstrap.servers'], 'localhost:9092');
  assert.equal(properties.topicPattern, '(?!)');
  assert.equal(propertiesOf.get('pageViews-kafka')?.topicPattern, 'pageViews');
  assert.equal(propertiesOf.get('pageViews-kafka')?.['kafka.group.id'], 'tranquility-kafka');
});

test('defaults are those of the original', () => {
  const { properties, httpPort, dataSources } = loadTranquilityFile(fileOf());
  assert.equal(httpPort, 8200);
  assert.equal(properties['tranquility.maxBatchSize'], 2000);
  assert.equal(properties['tranquility.maxPendingBatches'], 5);
  assert.equal(properties['commit.periodMillis'], 15_000);
  assert.equal(properties['http.idleTimeout'], 300_000);
  assert.deepEqual(dataSources[0]?.window, { policy: 'serverTime', periodMs: 600_000, rule: 'event' });
});

test("a dataSource's property takes precedence over the file's", () => {
  const text = fileOf({ own: { 'task.partitions': '3' }, shared: { 'task.partitions': 2, 'task.replicants': '4' } });
  const { dataSources, properties, propertiesOf } = loadTranquilityFile(text);
  assert.deepEqual(dataSources[0]?.tasks, { partitions: 3, replicas: 4 });
  assert.equal(properties['task.partitions'], 2);
  assert.equal(propertiesOf.get('d')?.['task.partitions'], 3);
  assert.equal(propertiesOf.get('d')?.['task.replicants'], 4);
});

test('the window follows windowPeriod, rejectionPolicy and windowRule', () => {
  const windowOf = (parts: Parameters<typeof fileOf>[0]) => loadTranquilityFile(fileOf(parts)).dataSources[0]?.window;
  assert.deepEqual(windowOf({ tuningConfig: { windowPeriod: 'PT1H' }, own: { windowRule: 'bucket' } }), {
    policy: 'serverTime',
    periodMs: 3_600_000,
    rule: 'bucket',
  });
  assert.equal(windowOf({ tuningConfig: { rejectionPolicy: { type: 'messageTime' } } })?.policy, 'messageTime');
  assert.equal(windowOf({ tuningConfig: { rejectionPolicy: { type: 'none' } } })?.policy, 'none');
});

test('http.port.enable false opens no port', () => {
  assert.equal(loadTranquilityFile(fileOf({ shared: { 'http.port.enable': 'false' } })).httpPort, undefined);
});

const mistakes: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  [
    'an unknown aggregator',
    server.replace('doubleSum', 'doubelSum'),
    /^f\.json, line 18 column 73, \$\.dataSources\[0\]\.spec\.dataSchema\.metricsSpec\[1\]\.type: .*did you mean 'doubleSum'\?/,
  ],
  [
    'a wrong period',
    server.replace('"PT10M"', '"10 min"'),
    /line 21 column 66, .*windowPeriod: .*ISO 8601 period.*'10 min'/,
  ],
  [
    'a port that is no number',
    server.replace('"8200"', '"abc"'),
    /\$\.properties\["http\.port"\]: .*expected a number, got 'abc'/,
  ],
  ['a granularity', server.replace('"hour"', '"huor"'), /granularitySpec\.segmentGranularity: .*did you mean 'hour'\?/],
  [
    'a parse format',
    server.replace('"format" : "json"', '"format" : "jsn"'),
    /parseSpec\.format: .*did you mean 'json'\?/,
  ],
  ['a key that is not the name', kafka.replace('"pageViews-kafka"', '"x"'), /dataSchema\.dataSource: .*expected 'x'/],
  ['no dataSources', '{}', /\$\.dataSources: .*expected an array or an object, got nothing/],
  ['an empty list', '{"dataSources": []}', /\$\.dataSources: .*at least one/],
  ['no object at all', '- a', /\$: .*expected an object, got an array/],
  ['a firehose', fileOf({ ioConfig: { firehose: { type: 'kafka' } } }), /ioConfig\.firehose: .*must be null/],
  ['a name with a slash', server.replace('"pageviews"', '"a/b"'), /dataSchema\.dataSource: .*contains a slash/],
];
for (const [name, text, message] of mistakes) {
  test(`${name} is refused with its place`, () => {
    assert.throws(() => loadTranquilityFile(text, 'f.json'), { status: 400, message });
  });
}

test('the same name twice is refused', () => {
  const entry = JSON.parse(fileOf()).dataSources[0];
  assert.throws(() => loadTranquilityFile(JSON.stringify({ dataSources: [entry, entry] })), {
    status: 400,
    message: /\$\.dataSources\[1\]\.spec\.dataSchema\.dataSource: .*'d' is there twice/,
  });
});
