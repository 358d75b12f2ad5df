/** Following a real ZooKeeper: nodes that come and go, connections that break or fall silent, sessions that expire. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import zookeeperPackage from 'node-zookeeper-client';
import { type Druid, openDruid } from '../../src/druid/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { sharedDruid } from '../services/on-demand.ts';

const { broker, router, zookeeper, release } = await sharedDruid();
const root = `/test-${randomBytes(4).toString('hex')}`;
const writer = zookeeperPackage.createClient(`${zookeeper}${root}`);
const onRoot = zookeeperPackage.createClient(zookeeper);
for (const client of [onRoot, writer]) {
  client.connect();
  await once(client, 'connected');
}
await new Promise((resolve) => onRoot.mkdirp(root, resolve));
after(async () => {
  writer.close();
  onRoot.close();
  await release();
});

/** Announces a process as Curator's service discovery does, in a folder of its own. */
async function announce(discovery: string, url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const node = { name: 'druid:broker', id: port, address: hostname, port: Number(port), sslPort: null };
  const path = `${discovery}/druid:broker/${port}`;
  await new Promise<void>((resolve, reject) =>
    writer.mkdirp(path, Buffer.from(JSON.stringify(node)), (error) => (error ? reject(error) : resolve())),
  );
}

async function withdraw(discovery: string, url: string): Promise<void> {
  const path = `${discovery}/druid:broker/${new URL(url).port}`;
  await new Promise<void>((resolve, reject) => writer.remove(path, (error) => (error ? reject(error) : resolve())));
}

const sessionMs = 4_000;

function druidAt(t: TestContext, host: string, discovery: string): Druid {
  const properties = {
    'druid.discovery.curator.path': discovery,
    'druid.zk.paths.base': '/nothing',
    'druid.zk.service.sessionTimeoutMs': sessionMs,
  };
  const druid = openDruid({ at: `zk://${host}${root}`, properties }, createLogger('silent'));
  t.after(() => druid.close());
  return druid;
}

/** Who answers; undefined where nobody is known. */
async function brokerOf(druid: Druid): Promise<string | undefined> {
  try {
    const { address, body } = await druid.request('broker', { method: 'GET', path: '/druid/v2/datasources' });
    await body.toArray();
    return address;
  } catch (error) {
    assert.match(String(error), /no broker of Druid found/);
    return undefined;
  }
}

async function becomes(druid: Druid, expected: string | undefined): Promise<void> {
  while ((await brokerOf(druid)) !== expected) await sleep(50);
}

test('processes come and go', { timeout: 60_000 }, async (t) => {
  const druid = druidAt(t, zookeeper, '/coming');
  assert.equal(await brokerOf(druid), undefined);
  await announce('/coming', broker);
  await becomes(druid, broker);
  await announce('/coming', router);
  await becomes(druid, router);
  await withdraw('/coming', broker);
  await becomes(druid, router);
  assert.deepEqual([await brokerOf(druid), await brokerOf(druid)], [router, router]);
  await withdraw('/coming', router);
  await becomes(druid, undefined);
});

/** On the way to ZooKeeper: it can cut connections, or let nothing through. */
async function gateway(t: TestContext) {
  const [host = '', port] = zookeeper.split(':');
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((incoming) => {
    const outgoing = connect({ host, port: Number(port) });
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from.on('data', (piece) => void (isSilent || to.write(piece)));
      from.on('close', () => to.destroy());
      from.on('error', () => {});
    }
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const ownPort = await listen(0);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  t.after(() => {
    server.close();
    cut();
  });
  return {
    address: `127.0.0.1:${ownPort}`,
    close: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
    open: () => listen(ownPort),
    setSilent: (silent: boolean) => {
      isSilent = silent;
    },
  };
}

test('while ZooKeeper is away what it said last stays in use; what has changed then is noticed', {
  timeout: 60_000,
}, async (t) => {
  const way = await gateway(t);
  await announce('/away', broker);
  const druid = druidAt(t, way.address, '/away');
  await becomes(druid, broker);
  await way.close();
  await withdraw('/away', broker);
  await announce('/away', router);
  await sleep(200);
  assert.equal(await brokerOf(druid), broker);
  await way.open();
  await becomes(druid, router);
});

test('a session that expired in silence is followed by another', { timeout: 60_000 }, async (t) => {
  const way = await gateway(t);
  await announce('/silent', broker);
  const druid = druidAt(t, way.address, '/silent');
  await becomes(druid, broker);
  way.setSilent(true);
  await withdraw('/silent', broker);
  await announce('/silent', router);
  // ZooKeeper forgets the session after this, and its watches with it.
  await sleep(2 * sessionMs);
  assert.equal(await brokerOf(druid), broker);
  way.setSilent(false);
  await becomes(druid, router);
  // The new session has watches of its own.
  await withdraw('/silent', router);
  await becomes(druid, undefined);
});
