import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plannedRoutes } from '../../src/cluster/topic-routes.ts';
import { loadYaml } from '../../src/spec/load-yaml.ts';
import { readTranquilityKafka } from '../../src/spec/tranquility-kafka.ts';
import { fileOf } from '../cli/kafka-support.ts';

const planned = (properties: Readonly<Record<string, object>>, topics: readonly string[] = []) =>
  plannedRoutes(readTranquilityKafka(loadYaml(fileOf('localhost:9092', properties, {}), 'f')), topics);

const shown = (...given: Parameters<typeof planned>) =>
  planned(...given).map(({ dataSource, topics }) => [dataSource.name, topics]);

test('a plain name is a topic, anything else a pattern; no pattern is nothing', () => {
  assert.deepEqual(shown({ a: { topicPattern: 'page_Views-1' }, b: { topicPattern: 'page.*' }, c: {} }), [
    ['a', { topic: 'page_Views-1' }],
    ['b', { topicPattern: '(?!^(?:page_Views-1)$)^(?:page.*)$' }],
  ]);
});

test('what a higher priority matches is left out of the lower one', () => {
  const routes = planned({
    low: { topicPattern: 'a.*|b' },
    high: { topicPattern: '(?i)a[1-9]', 'topicPattern.priority': 2 },
  });
  const [high, low] = routes.map(
    ({ topics }) => new RegExp(`^(?:${'topicPattern' in topics ? topics.topicPattern : ''})$`),
  );
  for (const [topic, highest] of [
    ['a1', 'high'],
    ['A1', 'high'],
    ['a0', 'low'],
    ['a12', 'low'],
    ['b', 'low'],
  ] as const) {
    assert.deepEqual([high?.test(topic), low?.test(topic)], [highest === 'high', highest === 'low'], topic);
    assert.deepEqual(
      routes.filter(({ matches }) => matches(topic)).map(({ dataSource }) => dataSource.name),
      [highest],
    );
  }
  assert.deepEqual(shown({ low: { topicPattern: 'a' }, high: { topicPattern: 'a|b', 'topicPattern.priority': 2 } }), [
    ['high', { topicPattern: '^(?:a|b)$' }],
  ]);
});

test('a dataSource for each topic that is there', () => {
  const own = { topicPattern: 'own-.*', useTopicAsDataSource: true };
  assert.deepEqual(
    shown({ own, taken: { topicPattern: 'own-2', 'topicPattern.priority': 2 } }, ['own-1', 'own-2', 'x']),
    [
      ['taken', { topic: 'own-2' }],
      ['own-1', { topic: 'own-1' }],
    ],
  );
});
