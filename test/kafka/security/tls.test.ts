import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openCluster } from '../../../src/kafka/index.ts';
import { identityOf, readStore } from '../../../src/kafka/security/stores.ts';
import { keyStoreNames } from '../../../src/kafka/security/tls.ts';
import { password } from '../../services/kafka/certificates.ts';
import { startSecuredBroker } from '../../services/kafka/secured.ts';

const { broker, certificates, stop } = await startSecuredBroker();
const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
after(async () => {
  rmSync(folder, { recursive: true });
  await stop();
});
const { client } = certificates;
const trust = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': certificates.ca };
const content = (file: string) => readFileSync(file, 'utf8');

/** How many brokers the cluster has, asked at one of its listeners. */
async function brokersBy(server: string, properties: Readonly<Record<string, string>>): Promise<number> {
  await using cluster = openCluster({ 'bootstrap.servers': server, 'security.protocol': 'SSL', ...properties });
  return (await cluster.metadata([])).brokers.size;
}

test("a broker's certificate is trusted when an authority of ours has signed it", async () => {
  const ca = content(certificates.ca);
  assert.equal(await brokersBy(broker.at('TLS'), trust), 1);
  assert.equal(await brokersBy(broker.at('TLS'), { 'ssl.truststore.certificates': ca }), 1);
  const onOneLine = ca.replaceAll('\n', ' ');
  assert.equal(await brokersBy(broker.at('TLS'), { 'ssl.truststore.certificates': onOneLine }), 1);
});

test('without the authority nobody is trusted', async () => {
  await assert.rejects(brokersBy(broker.at('TLS'), {}), {
    code: 'unavailable',
    message: /Kafka at localhost:\d+ cannot be used by TLS: .*nobody who is trusted.*ssl\.truststore\.location/,
  });
});

test('a certificate has to name the host, unless that is switched off', async () => {
  const byAddress = broker.at('TLS').replace('localhost', '127.0.0.1');
  await assert.rejects(brokersBy(byAddress, trust), /127\.0\.0\.1.*ssl\.endpoint\.identification\.algorithm/);
  assert.equal(await brokersBy(byAddress, { ...trust, 'ssl.endpoint.identification.algorithm': '' }), 1);
});

/** Made by keytool, as Java makes them in its own way. */
function trustStore(name: string, files: readonly string[], ...options: readonly string[]): string {
  const store = join(folder, name);
  for (const file of files) {
    const where = ['-alias', file, '-file', file, '-keystore', store, '-storepass', password];
    execFileSync('keytool', [...options, '-importcert', '-noprompt', ...where], { stdio: 'pipe' });
  }
  return store;
}

const both = [client.certificate, certificates.ca];
const ofJava = {
  pkcs12: trustStore('trust.p12', both, '-storetype', 'PKCS12'),
  // As Java made them before 17: RC2 with 40 bits, and a digest of SHA-1.
  oldPkcs12: trustStore('old.p12', both, '-storetype', 'PKCS12', '-J-Dkeystore.pkcs12.legacy'),
  jks: trustStore('trust.jks', both, '-storetype', 'JKS'),
};

test("Java's trust stores are read, whichever of both types is said", async () => {
  for (const store of Object.values(ofJava)) {
    const properties = { 'ssl.truststore.location': store, 'ssl.truststore.password': password };
    assert.equal(await brokersBy(broker.at('TLS'), properties), 1);
    assert.equal(await brokersBy(broker.at('TLS'), { ...properties, 'ssl.truststore.type': 'PKCS12' }), 1);
  }
  assert.equal(await brokersBy(broker.at('TLS'), { 'ssl.truststore.location': ofJava.jks }), 1);
});

test('of a trust store nobody is trusted who is not in it', async () => {
  const store = trustStore('other.p12', [client.certificate]);
  const other = { 'ssl.truststore.location': store, 'ssl.truststore.password': password };
  await assert.rejects(brokersBy(broker.at('TLS'), other), /nobody who is trusted has signed its certificate/);
});

test('a broker that wants a certificate of its clients gets it from PEM and PKCS12, from files and properties', async () => {
  const pem = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': client.encrypted, 'ssl.key.password': password };
  const pkcs12 = { 'ssl.keystore.location': client.pkcs12, 'ssl.keystore.password': password };
  const inline = {
    'ssl.keystore.certificate.chain': content(client.certificate),
    'ssl.keystore.key': content(client.key).replaceAll('\n', ' '),
  };
  for (const identity of [pem, pkcs12, { ...pkcs12, 'ssl.keystore.type': 'PKCS12' }, inline]) {
    assert.equal(await brokersBy(broker.at('MTLS'), { ...trust, ...identity }), 1);
  }
});

test("Java's key stores are read: JKS, also where the key has a password of its own, and PKCS12 as it was before Java 17", async () => {
  /** The client's, made by keytool. */
  const keyStore = (name: string, ...options: readonly string[]): string => {
    const from = ['-srckeystore', client.pkcs12, '-srcstorepass', password, '-srcalias', '1'];
    const to = ['-destkeystore', join(folder, name), '-deststorepass', password];
    execFileSync('keytool', [...options, '-importkeystore', '-noprompt', ...from, ...to], { stdio: 'pipe' });
    return join(folder, name);
  };
  const ofKey = { 'ssl.key.password': 'its own' };
  const jks = ['-deststoretype', 'JKS'];
  for (const [store, more] of [
    [keyStore('key.jks', ...jks), {}],
    [keyStore('own.jks', ...jks, '-destkeypass', ofKey['ssl.key.password']), ofKey],
    [keyStore('old-key.p12', '-deststoretype', 'PKCS12', '-J-Dkeystore.pkcs12.legacy'), {}],
  ] as const) {
    const identity = { 'ssl.keystore.location': store, 'ssl.keystore.password': password, ...more };
    assert.equal(await brokersBy(broker.at('MTLS'), { ...trust, ...identity }), 1, store);
    for (const wrong of ['ssl.keystore.password', ...Object.keys(more)])
      await assert.rejects(brokersBy(broker.at('MTLS'), { ...trust, ...identity, [wrong]: 'wrong' }), {
        code: 'invalidInput',
        message: /'ssl\.keystore\.location'.*password/,
      });
  }
});

test('a key of RSA in an old store', () => {
  const store = join(folder, 'rsa.p12');
  const where = ['-keystore', store, '-storepass', password, '-storetype', 'PKCS12', '-alias', 'rsa'];
  const keytool = (...options: readonly string[]) =>
    execFileSync('keytool', [...options, ...where], { stdio: 'pipe', encoding: 'utf8' });
  keytool('-J-Dkeystore.pkcs12.legacy', '-genkeypair', '-keyalg', 'RSA', '-dname', 'CN=x');
  const found = readStore({ 'ssl.keystore.location': store }, keyStoreNames);
  assert.ok(found && found.type !== 'PEM');
  const { key, cert } = identityOf(found, password, undefined);
  assert.equal(cert, keytool('-exportcert', '-rfc').replaceAll('\r', ''));
  assert.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)));
});

test('a client without a certificate is refused, by either version of TLS', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    await assert.rejects(
      brokersBy(broker.at('MTLS'), { ...trust, 'ssl.enabled.protocols': version }),
      /cannot be used by TLS: .*alert.*it may want a certificate \(ssl\.keystore\.location\)/,
    );
  }
});

test('plain where TLS is spoken, and the other way round', async () => {
  await assert.rejects(brokersBy(broker.at('TLS'), { 'security.protocol': 'PLAINTEXT' }), /TLS.*security\.protocol/);
  await assert.rejects(brokersBy(broker.bootstrapServers, trust), /TLS.*security\.protocol/);
});

test('stores that cannot be used are refused before anything is connected', () => {
  const refused = (properties: Record<string, string>, message: RegExp) =>
    assert.throws(
      () => openCluster({ 'bootstrap.servers': 'localhost:1', 'security.protocol': 'SSL', ...properties }),
      { name: 'MillraceError', message },
    );
  const pkcs12 = { 'ssl.keystore.location': client.pkcs12 };
  refused({ ...pkcs12, 'ssl.keystore.password': 'wrong' }, /'ssl\.keystore\.location' cannot be used.*passwords/);
  refused({ ...pkcs12, 'ssl.keystore.type': 'PEM' }, /is not PEM/);
  const wrong = { 'ssl.truststore.password': 'wrong' };
  for (const store of Object.values(ofJava))
    refused({ 'ssl.truststore.location': store, ...wrong }, /check that 'ssl\.truststore\.password' is the store's/);
  refused({ 'ssl.truststore.location': ofJava.pkcs12 }, /check that 'ssl\.truststore\.password' is there/);
  for (const store of [ofJava.jks, ofJava.oldPkcs12])
    refused({ 'ssl.keystore.location': store, 'ssl.keystore.password': password }, /holds no key/);
  refused({ 'ssl.truststore.location': certificates.ca }, /it is PEM: set 'ssl\.truststore\.type' to PEM/);
  refused({ 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': client.key }, /holds no certificate/);
  refused({ 'ssl.keystore.key': content(client.key) }, /go together/);
  refused(
    { 'ssl.keystore.key': content(client.key), 'ssl.keystore.certificate.chain': content(certificates.ca) },
    /'ssl\.keystore\.\*' cannot be used/,
  );
});
