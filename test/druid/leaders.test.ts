/** Two coordinators of a real Druid, overlords as well: who leads is found and followed, in the clear and by TLS. */
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Druid, openDruid } from '../../src/druid/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { startCoordinators } from '../services/druid/coordinators.ts';
import { password } from '../services/kafka/certificates.ts';

const { first, second, zookeeper, certificates, stop } = await startCoordinators();
after(stop);
const [leader, follower] = (await first.leads()) ? [first, second] : [second, first];

function druidAt(t: TestContext, at: string, properties = {}): Druid {
  const druid = openDruid({ at, properties }, createLogger('silent'));
  t.after(() => druid.close());
  return druid;
}

/** Who answers what only the leader does. */
async function overlordOf(druid: Druid): Promise<string> {
  const { status, address, body } = await druid.request('overlord', { method: 'GET', path: '/druid/indexer/v1/tasks' });
  await body.toArray();
  assert.equal(status, 200);
  return address;
}

const trust = {
  'druid.client.https.trustStoreType': 'PEM',
  'druid.client.https.trustStorePath': certificates.ca,
};
const identity = {
  'druid.client.https.keyStoreType': 'PKCS12',
  'druid.client.https.keyStorePath': certificates.client.pkcs12,
  'druid.client.https.keyStorePassword': password,
};

test('of several overlords the one that leads is asked, wherever it stands among them', async (t) => {
  assert.equal(await overlordOf(druidAt(t, `${first.http},${second.http}`)), leader.http);
  assert.equal(await overlordOf(druidAt(t, `${second.http},${first.http}`)), leader.http);
});

test('one that does not lead says who does, by the scheme that both are to use', async (t) => {
  // The leader names itself by TLS, as it has it.
  assert.equal(await overlordOf(druidAt(t, follower.http, { ...trust, ...identity })), leader.https);
  assert.equal(await overlordOf(druidAt(t, follower.https, { ...trust, ...identity })), leader.https);
});

test('by ZooKeeper, in the clear or by TLS, as is wanted', async (t) => {
  const at = `zk://${zookeeper}`;
  assert.equal(await overlordOf(druidAt(t, at)), leader.http);
  const byTls = { 'druid.enableTlsPort': 'true', ...trust, ...identity };
  assert.equal(await overlordOf(druidAt(t, at, byTls)), leader.https);
});

test('a certificate is trusted when an authority of ours has signed it, and names the host', async (t) => {
  assert.equal(await overlordOf(druidAt(t, first.https, { ...trust, ...identity })), leader.https);
  const fails = (at: string, properties: object, message: RegExp) =>
    assert.rejects(overlordOf(druidAt(t, at, properties)), { code: 'unavailable', message });
  await fails(first.https, {}, /no connection by TLS: .*nobody who is trusted.*druid\.client\.https\.trustStorePath/);
  const byAddress = first.https.replace('localhost', '127.0.0.1');
  await fails(byAddress, trust, /no connection by TLS: .*127\.0\.0\.1.*druid\.client\.https\.validateHostnames/);
  const unnamed = { ...trust, ...identity, 'druid.client.https.validateHostnames': 'false' };
  assert.equal(
    await overlordOf(druidAt(t, `${byAddress},${second.https}`, unnamed)).then((address) => address.slice(0, 8)),
    'https://',
  );
  await fails(first.http.replace('http:', 'https:'), trust, /no connection by TLS: .*port for TLS/);
});

test('a server that wants a certificate of ours gets it', async (t) => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const protocol = { 'druid.client.https.protocol': version };
    await assert.rejects(overlordOf(druidAt(t, second.https, { ...trust, ...protocol })), {
      code: 'unavailable',
      message: /https:\/\/localhost:\d+: .*it may want a certificate \(druid\.client\.https\.keyStorePath\)/,
    });
    assert.equal(await overlordOf(druidAt(t, second.https, { ...trust, ...identity, ...protocol })), leader.https);
  }
});

test('when the leader dies, the next one is followed, by addresses and by ZooKeeper', {
  timeout: 120_000,
}, async (t) => {
  const all = [druidAt(t, `${first.http},${second.http}`), druidAt(t, `zk://${zookeeper}`)];
  for (const druid of all) assert.equal(await overlordOf(druid), leader.http);
  await leader.kill();
  for (const druid of all) {
    await assert.rejects(overlordOf(druid), {
      code: 'unavailable',
      message: new RegExp(
        `no overlord of Druid found: .*${leader.http}: (?:nothing listens there|it closed the connection)`,
      ),
    });
  }
  while (!(await follower.leads())) await sleep(100);
  for (const druid of all) {
    while ((await overlordOf(druid).catch(() => undefined)) !== follower.http) await sleep(100);
  }
});
