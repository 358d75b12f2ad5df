import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { certificatesOf, readStore } from '../../../src/kafka/security/stores.ts';
import { keyStoreNames } from '../../../src/kafka/security/tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-stores-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function storeOf(content: Buffer | string, type?: string) {
  const file = join(folder, 'store');
  writeFileSync(file, content);
  return readStore({ 'ssl.keystore.location': file, 'ssl.keystore.type': type }, keyStoreNames);
}

test('like Java, of JKS and PKCS12 either is taken where the other is said', () => {
  for (const type of [undefined, 'jks', 'PKCS12']) {
    assert.equal(storeOf(Buffer.from('30820a02', 'hex'), type)?.type, 'PKCS12');
    assert.equal(storeOf(Buffer.from('feedfeed00000002', 'hex'), type)?.type, 'JKS');
  }
});

test('what only begins like a store is no trust store', () => {
  for (const start of ['30820a02', 'feedfeed00000002', 'feedfeed0000000300000000']) {
    const store = storeOf(Buffer.from(start, 'hex'));
    assert.ok(store && store.type !== 'PEM');
    assert.throws(() => certificatesOf(store, undefined), {
      code: 'invalidInput',
      message: /'ssl\.keystore\.location': .*store cannot be read as (JKS|PKCS12): /,
    });
  }
});

test('files that are something else, and types that are not known', () => {
  assert.throws(() => storeOf('Hello'), /is no store of type JKS/);
  assert.throws(() => storeOf('Hello', 'PEM'), /is not PEM/);
  assert.throws(() => storeOf('-----BEGIN CERTIFICATE-----'), /it is PEM: set 'ssl\.keystore\.type' to PEM/);
  assert.throws(() => storeOf('', 'BKS'), /'ssl\.keystore\.type' is 'BKS'; expected PEM, PKCS12, JKS/);
  assert.equal(readStore({}, keyStoreNames), undefined);
});
