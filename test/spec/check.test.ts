import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { queryTypes } from '../../src/query/native.ts';
import { firehoseSchema } from '../../src/sources/firehoses/index.ts';
import { checkText } from '../../src/spec/check.ts';

const sample = (name: string) => readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');

/** `line:column severity path message` of each finding. */
const check = (value: unknown): string[] => {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  return checkText(text, { queryTypes, firehose: firehoseSchema }).map(
    ({ place, severity, message }) => `${place.line}:${place.column} ${severity} ${place.path} ${message}`,
  );
};

for (const name of [
  'metrics-kafka.fixed.json',
  'metrics-search.json',
  'tranquility-kafka.json',
  'tranquility-server.json',
  'wikipedia.spec',
]) {
  test(`nothing is wrong with ${name}`, () => assert.deepEqual(check(sample(name)), []));
}

test("Tranquility Kafka's file without brokers", () => {
  const onlyZooKeeper = sample('tranquility-kafka.json').replace(/"kafka\.bootstrap\.servers".*/, '');
  const [finding, ...others] = check(onlyZooKeeper);
  assert.match(finding ?? '', /error .*expected 'kafka\.bootstrap\.servers'/);
  assert.deepEqual(others, []);
});

test('broken JSON: each mistake is a finding', () => {
  assert.deepEqual(
    check(sample('metrics-kafka.json')).map((line) => line.slice(0, 11)),
    ['26:10 error', '26:21 error'],
  );
});

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

test("a supervisor's spec: mistakes and unknown fields in the order of the file", () => {
  const spec = `{
    "type": "kafka",
    "spec": {
      "dataSchema": {
        "dataSource": "d",
        "timstampSpec": {"column": "t"},
        "dimensionsSpec": {"dimensions": ["a", {"name": "b", "typ": "long"}]},
        "metricsSpec": [
          {"type": "longSums", "name": "x", "fieldName": "x"},
          {"type": "filtered", "filter": {"type": "selectr", "dimension": "a"}, "aggregator": {"type": "count", "name": "n"}},
          {"type": "longSum", "name": "y", "feildName": "x", "fieldName": "x"}
        ]
      },
      "ioConfig": {"topic": "t", "inputFormat": {"type": "json", "flattenSpecs": {}}, "taskcount": 1},
      "tuningConfig": {"type": "Kafka", "maxRowsInMemry": 5}
    }
  }`;
  assert.deepEqual(
    check(spec),
    lines(`
      6:9 warning $.spec.dataSchema.timstampSpec unknown field 'timstampSpec', which is ignored; did you mean 'timestampSpec'?
      7:62 warning $.spec.dataSchema.dimensionsSpec.dimensions[1].typ unknown field 'typ', which is ignored; did you mean 'type'?
      9:20 error $.spec.dataSchema.metricsSpec[0].type unknown aggregator type 'longSums'; did you mean 'longSum'?
      10:51 error $.spec.dataSchema.metricsSpec[1].filter.type unknown filter type 'selectr'; did you mean 'selector'?
      11:44 warning $.spec.dataSchema.metricsSpec[2].feildName unknown field 'feildName', which is ignored; did you mean 'fieldName'?
      14:19 error $.spec.ioConfig.consumerProperties expected an object, got nothing
      14:66 warning $.spec.ioConfig.inputFormat.flattenSpecs unknown field 'flattenSpecs', which is ignored; did you mean 'flattenSpec'?
      14:87 warning $.spec.ioConfig.taskcount unknown field 'taskcount', which is ignored; did you mean 'taskCount'?
      15:41 warning $.spec.tuningConfig.maxRowsInMemry unknown field 'maxRowsInMemry', which is ignored; did you mean 'maxRowsInMemory'?`),
  );
});

test("a Tranquility file: unknown properties, but none of kafka's", () => {
  const text = sample('tranquility-kafka.json')
    .replace('task.partitions', 'task.partitons')
    .replace('"kafka.group.id"', '"kafka.whatever.it.is": "x", "kafka.group.id"');
  assert.deepEqual(check(text), [
    `37:10 warning $.dataSources.pageViews-kafka.properties["task.partitons"] unknown field 'task.partitons', which is ignored; did you mean 'task.partitions'?`,
  ]);
});

test('the old form: fields of the format stand in the parseSpec', () => {
  const parseSpec = { format: 'csv', columns: ['t', 'a'], timestampSpec: { column: 't' }, flattenSpec: {} };
  const found = check({ dataSource: 'd', parser: { type: 'string', parseSpec } });
  assert.equal(found.length, 1);
  assert.match(found[0] as string, /warning \$\.parser\.parseSpec\.flattenSpec unknown field 'flattenSpec'/);
});

test('a query: mistakes, unknown fields, an unknown type; a context may hold anything', () => {
  const query = { queryType: 'timeseries', dataSource: 'd', intervals: '2018/2019', granularity: 'all' };
  assert.deepEqual(check({ ...query, context: { useCache: true } }), []);
  assert.deepEqual(check({ ...query, granularity: 'huor', filtr: {} }), [
    "5:17 error $.granularity unknown granularity type 'huor'; did you mean 'hour'?",
    "6:2 warning $.filtr unknown field 'filtr', which is ignored; did you mean 'filter'?",
  ]);
  assert.deepEqual(check({ ...query, queryType: 'timesries' }), [
    "2:15 error $.queryType unknown query type 'timesries'; did you mean 'timeseries'?",
  ]);
});

test('a realtime list and a bare dataSchema', () => {
  const dataSchema = { dataSource: 'd', dimensionSpec: {} };
  const unknown = "unknown field 'dimensionSpec', which is ignored; did you mean 'dimensionsSpec'?";
  const ioConfig = { firehose: { type: 'receiver', serviceName: 'r', bufersize: 1 } };
  const ofFirehose =
    "11:5 warning $[0].ioConfig.firehose.bufersize unknown field 'bufersize', which is ignored; did you mean 'bufferSize'?";
  assert.deepEqual(check([{ dataSchema, ioConfig }]), [
    `5:4 warning $[0].dataSchema.dimensionSpec ${unknown}`,
    ofFirehose,
  ]);
  const { firehose } = ioConfig;
  const old = { schema: { dataSource: 'd', indexGranulariti: 'minute' }, firehose, plumber: { type: 'realtime' } };
  assert.deepEqual(
    check([old]).map((line) => line.split(' ')[2]),
    ['$[0].schema.indexGranulariti', '$[0].firehose.bufersize'],
  );
  assert.deepEqual(check(dataSchema), [`3:2 warning $.dimensionSpec ${unknown}`]);
});

test('what nobody can tell is said to be so', () => {
  assert.match(check({ hello: 1 })[0] as string, /^1:1 error \$ cannot tell what this is/);
  assert.match(check('[]')[0] as string, /^1:1 error \$ cannot tell what this is/);
});
