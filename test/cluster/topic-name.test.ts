import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topicOf } from '../../src/cluster/topic-name.ts';

/** https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/internals/Topic.java */
const legal = /^[a-zA-Z0-9._-]{1,249}$/;

test('a name that a topic can have stays as it is', () => {
  assert.equal(topicOf('pageViews-kafka_1.0'), 'millrace-pageViews-kafka_1.0');
});

test('others are made legal, and stay apart', () => {
  const names = ['page views', 'page_views', 'page:views', 'Seitenaufrufe ü', 'x'.repeat(255), `${'x'.repeat(254)}y`];
  const topics = names.map(topicOf);
  for (const topic of topics) assert.match(topic, legal);
  assert.equal(new Set(topics).size, names.length);
});
