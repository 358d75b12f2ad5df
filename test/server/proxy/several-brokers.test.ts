/** Several brokers, each a server that says which one it is. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { type SharedKafka, sharedKafka } from '../../services/on-demand.ts';
import { answerProbe } from '../../support/druid-probes.ts';
import { startClusterServer } from './support.ts';

/** The queries that run, by broker. */
const running = [new Set(['a']), new Set(['b'])];
const asked: string[][] = [[], []];
const brokers: Server[] = [];
const ends: (() => Promise<void>)[] = [];
let kafka: SharedKafka;
let url: string;

before(async () => {
  kafka = await sharedKafka();
  for (const [number, queries] of running.entries()) {
    const broker = createServer((request, response) => {
      if (answerProbe(request, response)) return;
      asked[number]?.push(request.url ?? '');
      const status = request.method === 'DELETE' && !queries.has(queryOf(request)) ? 404 : 202;
      response.writeHead(status).end(String(number));
    }).listen(0, '127.0.0.1');
    await once(broker, 'listening');
    brokers.push(broker);
  }
  const at = brokers.map((broker) => `http://127.0.0.1:${(broker.address() as AddressInfo).port}`).join(',');
  const started = await startClusterServer(
    { after: (end) => ends.push(end as () => Promise<void>) },
    at,
    kafka.bootstrapServers,
  );
  url = started.url;
});
beforeEach(() => {
  for (const urls of asked) urls.length = 0;
});
after(async () => {
  for (const end of ends) await end();
  for (const broker of brokers) {
    broker.closeAllConnections();
    broker.close();
  }
  await kafka.release();
});

const queryOf = ({ url = '' }: IncomingMessage) => url.slice(url.lastIndexOf('/') + 1);

/** The number of the broker that answers. */
async function post(path: string, body: string | Buffer): Promise<string> {
  return (await fetch(`${url}${path}`, { method: 'POST', body })).text();
}

/** As Java's driver writes a request to close a connection: its name, and in the message the connection's id. */
function protobuf(connectionId: string): Buffer {
  const field = (number: number, bytes: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  const name = 'org.apache.calcite.avatica.proto.Requests$CloseConnectionRequest';
  return Buffer.concat([field(1, Buffer.from(name)), field(2, field(1, Buffer.from(connectionId)))]);
}

test('queries take turns', async () => {
  for (const _ of Array.from({ length: 6 })) await post('/druid/v2', '{}');
  assert.deepEqual(
    asked.map(({ length }) => length),
    [3, 3],
  );
});

test('a cancel reaches the broker at which the query runs, whichever that is', async () => {
  for (const [path, status] of [
    ['/druid/v2/sql/a', 202],
    ['/druid/v2/b', 202],
    ['/druid/v2/sql/c', 404],
  ] as const)
    assert.equal((await fetch(`${url}${path}`, { method: 'DELETE' })).status, status, path);
  assert.deepEqual(asked[0], ['/druid/v2/sql/a', '/druid/v2/b', '/druid/v2/sql/c']);
  assert.deepEqual(asked[1], asked[0]);
});

test('a connection of JDBC stays with one broker, in both of its encodings; connections are spread', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `connection-${index}`);
  const first = new Map<string, string>();
  for (const id of ids)
    first.set(
      id,
      await post('/druid/v2/sql/avatica/', JSON.stringify({ request: 'openConnection', connectionId: id })),
    );
  for (const id of ids) {
    const execute = { request: 'execute', statementHandle: { connectionId: id, id: 1 } };
    assert.equal(await post('/druid/v2/sql/avatica/', JSON.stringify(execute)), first.get(id), id);
    assert.equal(await post('/druid/v2/sql/avatica-protobuf/', protobuf(id)), first.get(id), id);
  }
  assert.deepEqual(new Set(first.values()), new Set(['0', '1']));
});

test('what is no request of JDBC goes to some broker all the same', async () => {
  assert.match(await post('/druid/v2/sql/avatica/', 'nonsense'), /^[01]$/);
});
