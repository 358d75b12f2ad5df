import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readStore } from '../../../src/kafka/security/stores.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-stores-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function storeOf(content: Buffer | string, type?: string) {
  const file = join(folder, 'store');
  writeFileSync(file, content);
  return readStore({ 'ssl.keystore.location': file, 'ssl.keystore.type': type }, 'ssl.keystore');
}

test('a JKS store is refused, with the command that converts it', () => {
  const jks = Buffer.from('feedfeed00000002', 'hex');
  for (const type of [undefined, 'JKS', 'PKCS12']) {
    assert.throws(() => storeOf(jks, type), { message: /JKS store, which only Java reads; .*keytool -importkeystore/ });
  }
});

test('like Java, PKCS12 is taken where JKS is said', () => {
  const pkcs12 = Buffer.from('30820a02', 'hex');
  for (const type of [undefined, 'jks', 'PKCS12']) assert.equal(storeOf(pkcs12, type)?.type, 'PKCS12');
});

test('files that are something else, and types that are not known', () => {
  assert.throws(() => storeOf('Hello'), /is no store of type JKS/);
  assert.throws(() => storeOf('Hello', 'PEM'), /is not PEM/);
  assert.throws(() => storeOf('-----BEGIN CERTIFICATE-----'), /it is PEM: set 'ssl\.keystore\.type' to PEM/);
  assert.throws(() => storeOf('', 'BKS'), /'ssl\.keystore\.type' is 'BKS'; expected PEM, PKCS12, JKS/);
  assert.equal(readStore({}, 'ssl.keystore'), undefined);
});
