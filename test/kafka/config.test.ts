import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../src/kafka/config.ts';

const servers = { 'bootstrap.servers': 'localhost:9092' };
const fails = (properties: Record<string, unknown>, message: RegExp) =>
  assert.throws(() => parseConfig(properties), { name: 'MillraceError', message });

test('bootstrap servers', () => {
  const bootstrap = (text: string) => parseConfig({ 'bootstrap.servers': text }).bootstrap;
  assert.deepEqual(bootstrap('a:9092, b.example.com:9093,'), [
    { host: 'a', port: 9092 },
    { host: 'b.example.com', port: 9093 },
  ]);
  assert.deepEqual(bootstrap('[::1]:9092,PLAINTEXT://c:1'), [
    { host: '::1', port: 9092 },
    { host: 'c', port: 1 },
  ]);
  fails({}, /'bootstrap.servers' is missing/);
  for (const wrong of ['localhost', 'localhost:', ':9092', 'a:b', 'a:9092;b:9092', 'http://a:9092/x']) {
    fails({ 'bootstrap.servers': wrong }, /'bootstrap.servers' is '.*'; expected host:port/);
  }
});

test('what is not set has a value that suits: read_committed as in Druid', () => {
  const { fetch, connection, clientId } = parseConfig(servers);
  assert.equal(fetch.isolation, 'read_committed');
  assert.equal(fetch.maxWaitMs, 500);
  assert.equal(connection.tls, undefined);
  assert.equal(connection.login, undefined);
  assert.equal(clientId, 'millrace');
});

test("Kafka's names are understood, as numbers or texts; what is unknown is left alone", () => {
  const { fetch } = parseConfig({
    ...servers,
    'isolation.level': 'read_uncommitted',
    'fetch.max.bytes': '1000',
    'max.partition.fetch.bytes': 500,
    'group.id': 'anything',
  });
  assert.deepEqual([fetch.isolation, fetch.maxBytes, fetch.maxPartitionBytes], ['read_uncommitted', 1000, 500]);
});

test('values that cannot be are named, with what they could be', () => {
  fails(
    { ...servers, 'isolation.level': 'serializable' },
    /'isolation.level' is 'serializable'; expected read_committed/,
  );
  fails({ ...servers, 'fetch.max.bytes': '1MB' }, /'fetch.max.bytes' is '1MB'; expected a whole number/);
  fails({ ...servers, 'fetch.max.bytes': -1 }, /'fetch.max.bytes' is '-1'/);
  fails({ ...servers, 'client.id': {} }, /'client.id' is '\{\}'; expected a text/);
  fails({ ...servers, 'security.protocol': 'TLS' }, /'security.protocol' is 'TLS'; expected PLAINTEXT, SSL/);
  fails(
    { ...servers, 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'X' },
    /'sasl.mechanism' is 'X'; supported are/,
  );
  fails({ ...servers, 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'PLAIN' }, /'sasl.jaas.config' is missing/);
  const absent = { 'ssl.truststore.location': 'no-such-file', 'ssl.truststore.type': 'PEM' };
  fails({ ...servers, 'security.protocol': 'SSL', ...absent }, /no-such-file cannot be read/);
});
