/** Finding a real Druid: at addresses of all kinds, and through its ZooKeeper. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, type TestContext, test } from 'node:test';
import { type Druid, openDruid } from '../../src/druid/index.ts';
import { type Service, services } from '../../src/druid/servers.ts';
import { createLogger } from '../../src/observe/log.ts';
import { sharedDruid } from '../services/on-demand.ts';

const { router, broker, coordinator, zookeeper, release } = await sharedDruid();
after(release);

function druidAt(t: TestContext, at: string, properties = {}): Druid {
  const druid = openDruid({ at, properties }, createLogger('silent'));
  t.after(() => druid.close());
  return druid;
}

/** Who answers for a service, and it answers with what only that service has. */
async function serverOf(druid: Druid, service: Service): Promise<string> {
  const path = {
    broker: '/druid/v2/datasources',
    overlord: '/druid/indexer/v1/tasks',
    coordinator: '/druid/coordinator/v1/metadata/datasources',
    router: '/druid/router/v1/brokers',
  }[service];
  const { status, address, body } = await druid.request(service, { method: 'GET', path });
  assert.match(String((await body.toArray()).join('')), /^[[{]/);
  assert.equal(status, 200);
  return address;
}

async function serversOf(druid: Druid, asked: readonly Service[] = services): Promise<readonly string[]> {
  const found: string[] = [];
  for (const service of asked) found.push(await serverOf(druid, service));
  return found;
}

test('a router answers for everything', async (t) => {
  assert.deepEqual(await serversOf(druidAt(t, router)), [router, router, router, router]);
});

test('of single services each is asked what it is', async (t) => {
  const expected = [broker, coordinator, coordinator];
  for (const at of [`${coordinator},${broker}`, `http://127.0.0.1:9,${broker},${coordinator}`]) {
    const druid = druidAt(t, at);
    assert.deepEqual(await serversOf(druid, ['broker', 'overlord', 'coordinator']), expected);
    await assert.rejects(serverOf(druid, 'router'), { code: 'unavailable' });
  }
  assert.deepEqual(await serversOf(druidAt(t, `${broker},${router}`), ['router', 'router']), [router, router]);
});

test('brokers are asked in turn, one that is gone is not', async (t) => {
  const druid = druidAt(t, `${broker},${router},http://127.0.0.1:9`);
  const asked: string[] = [];
  for (let i = 0; i < 6; i++) asked.push(await serverOf(druid, 'broker'));
  assert.deepEqual(asked.sort(), [broker, broker, broker, router, router, router].sort());
});

test('where nobody serves, each address and what it does is told', async (t) => {
  const druid = druidAt(t, `${broker},http://127.0.0.1:9,http://no-such-host.invalid:8090`);
  await assert.rejects(druid.json('overlord', '/druid/indexer/v1/tasks'), {
    code: 'unavailable',
    message: `no overlord of Druid found: ${broker}: has no /druid/indexer/v1/isLeader (404): it is another process of Druid (a router needs druid.router.managementProxy.enabled=true), or none; http://127.0.0.1:9: nothing listens there; http://no-such-host.invalid:8090: there is no such host`,
  });
});

test('ZooKeeper tells where they are, several of it with some that are gone, too', async (t) => {
  for (const at of [`zk://${zookeeper}`, `zk://127.0.0.1:9,${zookeeper}`]) {
    assert.deepEqual(await serversOf(druidAt(t, at)), [broker, coordinator, coordinator, router], at);
  }
});

test('of the ways in which they are announced one is enough', async (t) => {
  const at = `zk://${zookeeper}`;
  const nowhere = '/nowhere';
  for (const properties of [{ 'druid.zk.paths.base': nowhere }, { 'druid.discovery.curator.path': nowhere }])
    assert.deepEqual(await serversOf(druidAt(t, at, properties)), [broker, coordinator, coordinator, router]);
  // What is announced under another name is another thing.
  const misnamed = { 'druid.zk.paths.base': nowhere, 'druid.selectors.indexing.serviceName': 'druid/broker' };
  await assert.rejects(serverOf(druidAt(t, at, misnamed), 'overlord'), /no overlord of Druid found.*isLeader \(404\)/);
});

test('where ZooKeeper knows nobody, each path and what is there is told', async (t) => {
  const druid = druidAt(t, `zk://${zookeeper}/druid`, { 'druid.selectors.indexing.serviceName': 'my/overlord' });
  const where = `ZooKeeper at ${zookeeper}/druid`;
  await assert.rejects(druid.json('overlord', '/druid/indexer/v1/tasks'), {
    code: 'unavailable',
    message: `no overlord of Druid found: ${where}: /druid/overlord/_OVERLORD is not there; ${where}: /druid/discovery/my:overlord is not there; ${where}: /druid/internal-discovery/OVERLORD is not there`,
  });
});

test('a chroot of the connect string stands before all paths', async (t) => {
  const properties = { 'druid.zk.paths.base': '/nowhere', 'druid.discovery.curator.path': '/discovery' };
  const druid = druidAt(t, `zk://${zookeeper}/druid`, properties);
  assert.deepEqual(await serversOf(druid), [broker, coordinator, coordinator, router]);
});

test('of a ZooKeeper that does not answer it is told, host by host, what happened', async (t) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : address;
  const druid = druidAt(t, `zk://127.0.0.1:9,127.0.0.1:${port}`);
  await assert.rejects(druid.json('broker', '/druid/v2/datasources'), {
    code: 'unavailable',
    message: `no broker of Druid found: ZooKeeper at 127.0.0.1:9 cannot be connected to: connect ECONNREFUSED 127.0.0.1:9; ZooKeeper at 127.0.0.1:${port} takes connections, but begins no session`,
  });
});
