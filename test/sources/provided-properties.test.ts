/** Consumer properties whose values stand elsewhere: the forms of Druid's documentation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withProvidedValues } from '../../src/sources/provided-properties.ts';

const servers = { 'bootstrap.servers': 'localhost:9092' };
const environment = { KEYSTORE_PASSWORD: 'k', JAAS: 'j' };
const provide = (properties: Readonly<Record<string, unknown>>) => withProvidedValues(properties, environment);

test('properties without a provider are as they are', () => {
  const properties = { ...servers, 'fetch.min.bytes': 1, 'ssl.key.password': 'p' };
  assert.deepEqual(provide(properties), properties);
});

test('values of environment variables take precedence', () => {
  const variables = { 'ssl.keystore.password': 'KEYSTORE_PASSWORD', 'sasl.jaas.config': 'JAAS' };
  const provider = { type: 'environment', variables };
  assert.deepEqual(provide({ ...servers, 'sasl.jaas.config': 'own', 'druid.dynamic.config.provider': provider }), {
    ...servers,
    'ssl.keystore.password': 'k',
    'sasl.jaas.config': 'j',
  });
});

test('values that stand in the provider', () => {
  const provider = { type: 'mapString', config: { 'ssl.key.password': 'p' } };
  assert.deepEqual(provide({ ...servers, 'druid.dynamic.config.provider': provider }), {
    ...servers,
    'ssl.key.password': 'p',
  });
});

test('passwords by a provider of their own', () => {
  const keystore = { type: 'environment', variable: 'KEYSTORE_PASSWORD' };
  const key = { type: 'default', password: 'p' };
  assert.deepEqual(provide({ 'ssl.keystore.password': keystore, 'ssl.key.password': key }), {
    'ssl.keystore.password': 'k',
    'ssl.key.password': 'p',
  });
});

for (const [what, properties, message] of [
  [
    'a variable that is not set',
    { 'ssl.key.password': { type: 'environment', variable: 'NOT_SET' } },
    /'ssl\.key\.password'.*NOT_SET/,
  ],
  ['another provider', { 'druid.dynamic.config.provider': { type: 'vault' } }, /druid\.dynamic\.config\.provider/],
] as const) {
  test(`${what} is a mistake`, () => assert.throws(() => provide(properties), { code: 'invalidInput', message }));
}
