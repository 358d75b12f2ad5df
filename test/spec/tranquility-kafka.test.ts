import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadYaml } from '../../src/spec/load-yaml.ts';
import { allTopics, dataSourceFor, readTranquilityKafka, routeOf } from '../../src/spec/tranquility-kafka.ts';

const sample = readFileSync(new URL('../fixtures/samples/tranquility-kafka.json', import.meta.url), 'utf8');
const read = (text: string) => readTranquilityKafka(loadYaml(text, 'f.json'));

const brokers = { 'kafka.bootstrap.servers': 'localhost:9092' };

/** A file with these properties of dataSources, by name, and of all. */
function fileOf(own: Readonly<Record<string, object>>, shared: object = brokers): string {
  const dataSources = Object.entries(own).map(([dataSource, properties]) => ({
    spec: { dataSchema: { dataSource, metricsSpec: [{ type: 'count', name: 'n' }] } },
    properties,
  }));
  return JSON.stringify({ dataSources, properties: shared });
}

const routeNames = (text: string, topics: readonly string[]) => {
  const spec = read(text);
  return topics.map((topic) => routeOf(spec, topic)?.dataSource.name);
};

test('the sample', () => {
  const spec = read(sample);
  assert.deepEqual(spec.consumerProperties, { 'bootstrap.servers': 'localhost:9092', 'group.id': 'tranquility-kafka' });
  assert.equal(spec.commitPeriodMs, 15_000);
  assert.equal(spec.threads, 2);
  assert.equal(spec.offsetReset, undefined);
  assert.equal(spec.warnings.length, 1);
  assert.match(spec.warnings[0] ?? '', /'zookeeper\.connect' is about ZooKeeper/);
  assert.equal(routeOf(spec, 'pageViews')?.dataSource.name, 'pageViews-kafka');
  assert.equal(routeOf(spec, 'pageViews2'), undefined);
  assert.equal(routeOf(spec, 'myPageViews'), undefined);
  assert.ok(allTopics(spec).test('pageViews'));
  assert.ok(!allTopics(spec).test('pageViews2'));
});

test('a file need not say where Kafka is when an option does', () => {
  const file = fileOf({ views: { topicPattern: 'views' } }, { 'kafka.group.id': 'readers' });
  assert.throws(() => read(file), /kafka\.bootstrap\.servers/);
  const { consumerProperties } = readTranquilityKafka(loadYaml(file, 'f.json'), false);
  assert.deepEqual(consumerProperties, { 'group.id': 'readers' });
});

test('of several dataSources the one with the highest priority takes a topic, the first of equals', () => {
  const file = fileOf({
    rest: { topicPattern: '.*', 'topicPattern.priority': '0' },
    clicks: { topicPattern: 'click.*', 'topicPattern.priority': 10 },
    one: { topicPattern: 'click-one|view-one' },
    views: { topicPattern: 'view.*' },
    idle: {},
  });
  assert.deepEqual(routeNames(file, ['clicks', 'click-one', 'view-one', 'views', 'else']), [
    'clicks',
    'clicks',
    'one',
    'views',
    'rest',
  ]);
});

test("Java's flags at a pattern's beginning", () => {
  const file = fileOf({ d: { topicPattern: '(?i)page|view' } });
  assert.deepEqual(routeNames(file, ['PAGE', 'View', 'pages']), ['d', 'd', undefined]);
  const spec = read(file);
  assert.deepEqual(
    ['PAGE', 'pages'].map((topic) => allTopics(spec).test(topic)),
    [true, false],
  );
});

test('useTopicAsDataSource', () => {
  const route = routeOf(read(fileOf({ d: { topicPattern: '.*', useTopicAsDataSource: 'true' } })), 'page.views');
  assert.ok(route);
  const { name, dataSchema, metrics } = dataSourceFor(route, 'page.views');
  assert.equal(name, 'page.views');
  assert.equal(dataSchema.dataSource, 'page.views');
  assert.deepEqual(metrics, route.dataSource.metrics);
});

test("old properties have today's names; what today's consumers do not know is left out", () => {
  const { consumerProperties, offsetReset, warnings } = read(
    fileOf(
      { d: { topicPattern: 'd' } },
      {
        ...brokers,
        'kafka.group.id': 'mine',
        'kafka.zookeeper.connect': 'localhost:2181',
        'kafka.zookeeper.session.timeout.ms': '400',
        'kafka.auto.offset.reset': 'smallest',
        'kafka.fetch.message.max.bytes': '2000000',
        'kafka.client.id': 'c',
      },
    ),
  );
  assert.deepEqual(consumerProperties, {
    'bootstrap.servers': 'localhost:9092',
    'group.id': 'mine',
    'max.partition.fetch.bytes': '2000000',
    'client.id': 'c',
  });
  assert.equal(offsetReset, 'earliest');
  // One for each of the four old ones.
  assert.equal(warnings.length, 4);
});

test('an empty property is a value: it switches the check of host names off', () => {
  const { consumerProperties, offsetReset } = read(
    fileOf(
      { d: { topicPattern: 'd' } },
      {
        ...brokers,
        'kafka.ssl.endpoint.identification.algorithm': '',
        'kafka.auto.offset.reset': '',
        'kafka.group.id': '',
      },
    ),
  );
  assert.deepEqual(consumerProperties, {
    'bootstrap.servers': 'localhost:9092',
    'ssl.endpoint.identification.algorithm': '',
    'group.id': 'tranquility-kafka',
  });
  assert.equal(offsetReset, undefined);
});

test('where a property of the consumer stands', () => {
  const { placeOf } = read(`dataSources:
  - spec: {dataSchema: {dataSource: d, metricsSpec: [{type: count, name: n}]}}
    properties: {topicPattern: d}
properties:
  kafka.bootstrap.servers: localhost:9092
  kafka.security.protocol: TLS
`);
  const path = '$.properties["kafka.security.protocol"]';
  assert.deepEqual(placeOf('security.protocol'), { file: 'f.json', line: 6, column: 28, path });
  assert.equal(placeOf(undefined).path, '$.properties');
});

const mistakes: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  [
    'only ZooKeeper',
    fileOf({ d: { topicPattern: 'd' } }, { 'kafka.zookeeper.connect': 'localhost:2181' }),
    /^f\.json, line 1 .*\$\.properties\["kafka\.bootstrap\.servers"\]: .*expected 'kafka\.bootstrap\.servers', .*ZooKeeper is not asked/,
  ],
  ['no topicPattern at all', fileOf({ d: {} }), /\$\.dataSources: .*expected a dataSource with a 'topicPattern'/],
  [
    'a pattern that is none',
    fileOf({ d: { topicPattern: 'page(' } }),
    /\$\.dataSources\[0\]\.properties\.topicPattern: .*expected a regular expression: .*Unterminated group/,
  ],
  [
    'a wrong place to begin',
    fileOf({ d: { topicPattern: 'd' } }, { ...brokers, 'kafka.auto.offset.reset': 'begin' }),
    /auto\.offset\.reset"\]: .*expected earliest or latest, got 'begin'/,
  ],
];
for (const [name, text, message] of mistakes) {
  test(`${name} is refused with its place`, () => {
    assert.throws(() => read(text), { status: 400, message });
  });
}
