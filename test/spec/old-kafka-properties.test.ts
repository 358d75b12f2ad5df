/** Old names: https://kafka.apache.org/08/documentation/#consumerconfigs; those of 0.7: https://kafka.apache.org/07/configuration */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  missingBrokers,
  modernKafkaProperties,
  modernProducerProperties,
} from '../../src/spec/old-kafka-properties.ts';

test("the properties of wikipedia.spec: what has a meaning today keeps it under today's name", () => {
  const { properties, warnings } = modernKafkaProperties({
    'zookeeper.connect': 'localhost:2181',
    'bootstrap.servers': 'localhost:9092',
    'group.id': 'druid-example',
    'fetch.message.max.bytes': '1048586',
    'auto.offset.reset': 'largest',
    'auto.commit.enable': 'false',
  });
  assert.deepEqual(properties, {
    'bootstrap.servers': 'localhost:9092',
    'group.id': 'druid-example',
    'max.partition.fetch.bytes': '1048586',
    'auto.offset.reset': 'latest',
  });
  assert.deepEqual(
    warnings.map((warning) => /^'([^']+)'/.exec(warning)?.[1]),
    ['zookeeper.connect', 'fetch.message.max.bytes', 'auto.offset.reset', 'auto.commit.enable'],
  );
});

test('the names of 0.7', () => {
  const { properties, warnings } = modernKafkaProperties({
    'zk.connect': 'localhost:2181',
    'zk.sessiontimeout.ms': '15000',
    groupid: 'g',
    'fetch.size': '1048586',
    'autooffset.reset': 'smallest',
    'autocommit.enable': 'false',
  });
  assert.deepEqual(properties, {
    'group.id': 'g',
    'max.partition.fetch.bytes': '1048586',
    'auto.offset.reset': 'earliest',
  });
  assert.equal(warnings.length, 6);
});

test('what is of today is left as it is, without a word; and comes before what is old', () => {
  const today = { 'bootstrap.servers': 'a:1', 'auto.offset.reset': 'earliest', 'security.protocol': 'SSL' };
  assert.deepEqual(modernKafkaProperties(today), { properties: today, warnings: [] });
  const both = modernKafkaProperties({ groupid: 'old', 'group.id': 'new' });
  assert.deepEqual(both.properties, { 'group.id': 'new' });
  assert.equal(both.warnings.length, 1);
});

test('without brokers the missing property is named; the list of the old producers is one of brokers', () => {
  const missing = (given: Record<string, unknown>) => missingBrokers(modernKafkaProperties(given), 'bootstrap.servers');
  assert.match(missing({ 'zookeeper.connect': 'localhost:2181' }) ?? '', /expected 'bootstrap.servers'/);
  assert.match(missing({ 'bootstrap.servers': ' ' }) ?? '', /expected 'bootstrap.servers'/);
  assert.equal(missing({ 'metadata.broker.list': 'localhost:9092' }), undefined);
});

test('the properties of the old producers: https://kafka.apache.org/08/documentation/#producerconfigs', () => {
  const { properties, warnings } = modernProducerProperties({
    'metadata.broker.list': 'localhost:9092',
    'request.required.acks': '-1',
    'request.timeout.ms': '10000',
    'producer.type': 'sync',
    'serializer.class': 'kafka.serializer.DefaultEncoder',
    'zk.connect': 'localhost:2181',
  });
  assert.deepEqual(properties, {
    'bootstrap.servers': 'localhost:9092',
    acks: '-1',
    'request.timeout.ms': '10000',
  });
  assert.equal(warnings.length, 5);
});
