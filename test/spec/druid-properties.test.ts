import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { validate } from '../../src/catalog/validate.ts';
import { druidPropertiesSchema, unknownDruidProperties } from '../../src/spec/druid-properties.ts';
import { loadTranquilityFile } from '../../src/spec/tranquility.ts';
import { druidPropertiesOf } from '../../src/spec/tranquility-druid.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-properties-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const read = (given: Readonly<Record<string, string>>) =>
  validate(druidPropertiesSchema, given, { what: 'properties' });
const userOf = (text: string) =>
  read({ 'druid.escalator.internalClientUsername': text })['druid.escalator.internalClientUsername'];
const passwordOf = (text: string) =>
  read({ 'druid.escalator.internalClientPassword': text })['druid.escalator.internalClientPassword'];
const env = (rest: string) => `\${env:${rest}}`;

test('values stand in the environment or in files, as in Druid', () => {
  process.env.MILLRACE_TEST_NAME = 'me';
  const file = join(folder, 'user');
  writeFileSync(file, 'from the file\n');
  process.env.MILLRACE_TEST_FILE = file;
  assert.equal(userOf(env('MILLRACE_TEST_NAME')), 'me');
  assert.equal(userOf(`a-${env('MILLRACE_TEST_NAME')}-${env('MILLRACE_TEST_NONE:-b:-c')}`), 'a-me-b:-c');
  assert.equal(userOf(`\${file:UTF-8:${file}}`), 'from the file');
  assert.equal(userOf(`\${file:UTF-8:${env('MILLRACE_TEST_FILE')}}`), 'from the file');
  assert.equal(userOf(`$${env('MILLRACE_TEST_NAME')}`), env('MILLRACE_TEST_NAME'));
  assert.equal(userOf('$a $$b {c}'), '$a $$b {c}');
  assert.equal(userOf(''), undefined);
});

test('what a value refers to is to be there', () => {
  assert.throws(
    () => userOf(env('MILLRACE_TEST_NONE')),
    /the environment variable MILLRACE_TEST_NONE, which is not set/,
  );
  assert.throws(() => userOf(`\${file:UTF-8:${folder}/none}`), /the file .*none, which cannot be read \(ENOENT\)/);
  assert.throws(
    () => userOf(`\${sys:user.home}`),
    /expected \$\{env:NAME\} or \$\{file:UTF-8:\/path\}, got one of kind 'sys'/,
  );
});

test("a password may be a provider's", () => {
  process.env.MILLRACE_TEST_PASSWORD = 'secret';
  assert.equal(passwordOf('{"type":"environment","variable":"MILLRACE_TEST_PASSWORD"}'), 'secret');
  assert.equal(passwordOf('{"type":"default","password":"pass"}'), 'pass');
  assert.equal(passwordOf('{no JSON'), '{no JSON');
  assert.throws(
    () => passwordOf('{"type":"environment","variable":"MILLRACE_TEST_NONE"}'),
    /MILLRACE_TEST_NONE, which is not set/,
  );
});

test('what has no meaning here is told with the nearest that has', () => {
  const given = { 'druid.zk.path.base': '/d', 'druid.storage.type': 'local', 'druid.zk.service.host': 'zk' };
  assert.deepEqual(
    unknownDruidProperties(given).map(({ name }) => name),
    ['druid.zk.path.base', 'druid.storage.type'],
  );
  assert.equal(unknownDruidProperties(given)[0]?.nearest, 'druid.zk.paths.base');
});

const sample = readFileSync(new URL('../fixtures/samples/tranquility-server.json', import.meta.url), 'utf8');

test("what Tranquility's file says of its Druid, under Druid's names", () => {
  assert.deepEqual(druidPropertiesOf(loadTranquilityFile(sample).properties), {
    'druid.zk.service.host': 'localhost',
    'druid.zk.service.sessionTimeoutMs': '20000',
    'druid.discovery.curator.path': '/druid/discovery',
    'druid.selectors.indexing.serviceName': 'druid/overlord',
  });
  const more = {
    'druidBeam.basicAuthUser': 'me',
    'druidBeam.basicAuthPass': 'secret',
    'druid.tls.enable': 'true',
    'druid.tls.trustStorePath': '/etc/trust.jks',
    'druid.tls.trustStorePassword': 'changeit',
  };
  const text = sample.replace('"zookeeper.connect"', `${JSON.stringify(more).slice(1, -1)}, "zookeeper.connect"`);
  const properties = read(druidPropertiesOf(loadTranquilityFile(text).properties));
  assert.equal(properties['druid.escalator.internalClientUsername'], 'me');
  assert.equal(properties['druid.escalator.internalClientPassword'], 'secret');
  assert.equal(properties['druid.enableTlsPort'], true);
  assert.equal(properties['druid.client.https.protocol'], 'TLSv1.2');
  assert.equal(properties['druid.client.https.trustStorePath'], '/etc/trust.jks');
  assert.equal(properties['druid.client.https.trustStorePassword'], 'changeit');
});
