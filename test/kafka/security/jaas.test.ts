import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseConfig } from '../../../src/kafka/config.ts';
import { findJaas } from '../../../src/kafka/security/jaas.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-jaas-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const optionsOf = (jaas: string) => findJaas({ 'sasl.jaas.config': jaas }, 'PLAIN', {}).options;
const module = 'org.apache.kafka.common.security.plain.PlainLoginModule required';

test('users and passwords out of a JAAS line', () => {
  const password = 'b;c="d"\\';
  assert.deepEqual(optionsOf(`${module} username="a" password="b;c=\\"d\\"\\\\";`), { username: 'a', password });
  assert.deepEqual(optionsOf(`${module}\n  username=a\n  password = secret;`), { username: 'a', password: 'secret' });
  assert.deepEqual(optionsOf(`${module};`), {});
  assert.deepEqual(optionsOf(`${module} // a user="x"\n /* b="c" */ username="http://a";`), { username: 'http://a' });
});

test('what is no JAAS is told by its place, without the secrets in it', () => {
  const fails = (jaas: string, message: RegExp) =>
    assert.throws(
      () => optionsOf(jaas),
      (error: Error) => message.test(error.message) && !error.message.includes('secret'),
    );
  fails('', /missing/);
  fails('username="a" password="secret";', /'sasl\.jaas\.config', line 1 column 9: expected required/);
  fails(`${module} password="secret`, /line 1 column 75: expected a value/);
  fails(`${module}\n  password secret;`, /line 2 column 12: expected '='/);
});

test('the section KafkaClient of the file that KAFKA_OPTS names', () => {
  const file = join(folder, 'client jaas.conf');
  // The second section is as people keep it for Druid.
  writeFileSync(
    file,
    `Client { Other required a="b"; };
// For Kafka.
KafkaClient {
    com.sun.security.auth.module.Krb5LoginModule required
    useKeyTab=true
    storeKey=true
    keyTab="/etc/security/druid.keytab"
    principal="druid@EXAMPLE.COM";
};
`,
  );
  const env = { KAFKA_OPTS: `-Xmx1g "-Da=b" -Djava.security.auth.login.config="${file}" -Dx=y` };
  assert.deepEqual(findJaas({}, 'GSSAPI', env).options, {
    useKeyTab: 'true',
    storeKey: 'true',
    keyTab: '/etc/security/druid.keytab',
    principal: 'druid@EXAMPLE.COM',
  });
  // What is written in the properties comes first.
  const written = { 'sasl.jaas.config': `${module} username="a";` };
  assert.deepEqual(findJaas(written, 'GSSAPI', env).options, { username: 'a' });

  const without = join(folder, 'server.conf');
  writeFileSync(without, 'KafkaServer { Other required; };');
  const named = (path: string) => ({ KAFKA_OPTS: `-Djava.security.auth.login.config=${path}` });
  assert.throws(() => findJaas({}, 'GSSAPI', named(without)), /server\.conf has no section KafkaClient/);
  assert.throws(() => findJaas({}, 'GSSAPI', named(join(folder, 'none'))), /none, the JAAS file .* cannot be read/);
  assert.throws(() => findJaas({}, 'GSSAPI', {}), /'sasl\.jaas\.config' is missing: GSSAPI .*KAFKA_OPTS/);
});

test('what a mechanism needs is asked for', () => {
  const fails = (mechanism: string, jaas: string, message: RegExp, more: Record<string, string> = {}) => {
    const servers = { 'bootstrap.servers': 'localhost:1', 'security.protocol': 'SASL_PLAINTEXT' };
    const sasl = { 'sasl.mechanism': mechanism, 'sasl.jaas.config': `Module required ${jaas};` };
    assert.throws(() => parseConfig({ ...servers, ...sasl, ...more }), { name: 'MillraceError', message });
  };
  const service = { 'sasl.kerberos.service.name': 'kafka' };
  fails('PLAIN', 'username="a"', /no username or no password/);
  fails('SCRAM-SHA-1', '', /'sasl\.mechanism' is 'SCRAM-SHA-1'; supported are PLAIN, .*GSSAPI/);
  fails('GSSAPI', 'useKeyTab=true keyTab="k"', /'sasl\.kerberos\.service\.name' is missing/);
  fails('GSSAPI', 'useKeyTab=true', /useKeyTab=true, but no keyTab/, service);
  fails('GSSAPI', '', /no credentials: expected useKeyTab=true .* or useTicketCache=true/, service);
  fails('GSSAPI', 'useTicketCache=true serviceName="other"', /'kafka', but serviceName in .* is 'other'/, service);
  fails('OAUTHBEARER', '', /unsecuredLoginStringClaim_sub/);
  const endpoint = { 'sasl.oauthbearer.token.endpoint.url': 'https://localhost/token' };
  fails('OAUTHBEARER', 'clientId="a"', /no clientId or no clientSecret/, endpoint);
  const file = { 'sasl.oauthbearer.token.endpoint.url': 'file:///etc/passwd' };
  fails('OAUTHBEARER', 'clientId="a" clientSecret="b"', /expected an https or http address/, file);
});
