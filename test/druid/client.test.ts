/** A client's own conduct, against servers that misbehave as no real Druid can be made to; the real one answers in test/cluster. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { DruidError, openDruid } from '../../src/druid/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { answerProbe } from '../support/druid-probes.ts';

/** What a router says of itself, whatever else it does. */
const ofARouter: Readonly<Record<string, string>> = {
  '/druid/v2/datasources': '[]',
  '/druid/indexer/v1/isLeader': '{"leader":true}',
  '/druid/coordinator/v1/isLeader': '{"leader":true}',
};

async function listening(t: TestContext, answer: RequestListener, base = ''): Promise<string> {
  const server = createServer((request, response) => {
    const said = ofARouter[(request.url ?? '').slice(base.length)];
    if (said === undefined) answer(request, response);
    else response.end(said);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function druidAt(t: TestContext, at: string) {
  const druid = openDruid({ at }, createLogger('silent'));
  t.after(() => druid.close());
  return druid;
}

/** The discard port: nobody listens. */
const nobody = 'http://127.0.0.1:9';

test('user and password of the address are sent, and shown nowhere', async (t) => {
  const answer: RequestListener = ({ headers, url: path }, response) =>
    path === '/sub/who'
      ? response.end(JSON.stringify(headers.authorization))
      : response.writeHead(401).end('who are you');
  const url = await listening(t, answer, '/sub');
  const druid = druidAt(t, `${url.replace('//', '//ann:p%40ss@')}/sub/`);
  const authorization = await druid.json('broker', '/who');
  assert.equal(authorization, `Basic ${Buffer.from('ann:p@ss').toString('base64')}`);
  await assert.rejects(druid.json('broker', '/other'), {
    code: 'unauthorized',
    message: `Druid at ${url} refuses the user 'ann' (401); check druid.escalator.internalClientUsername and druid.escalator.internalClientPassword, or the user and password in --druid`,
  });
});

test('without a login a 401 is an answer like others: whoever asks may have one', async (t) => {
  const url = await listening(t, (_request, response) => response.writeHead(401).end('who are you'));
  await assert.rejects(druidAt(t, url).json('broker', '/'), {
    code: 'unauthorized',
    message: `Druid's broker at ${url} answered 401: who are you`,
  });
});

test("an error has Druid's status, text and body", async (t) => {
  const body = '{"errorMessage":"Object \'x\' not found"}';
  const url = await listening(t, (_request, response) => {
    response.writeHead(418, { 'content-type': 'application/json' }).end(body);
  });
  const error = await druidAt(t, url)
    .json('overlord', '/x')
    .catch((thrown) => thrown);
  assert.ok(error instanceof DruidError);
  assert.equal(error.status, 418);
  assert.equal(error.refusal.body, body);
  assert.equal(error.message, `Druid's overlord at ${url} answered 418: Object 'x' not found`);
});

test('an address where nobody listens is passed over, with a body that is a stream, too', async (t) => {
  const url = await listening(t, (request, response) => request.pipe(response));
  const druid = druidAt(t, `${nobody},${url}`);
  const body = Readable.from([Buffer.from('one '), Buffer.from('two')]);
  const answer = await druid.request('broker', { method: 'POST', path: '/', body });
  assert.equal(Buffer.concat(await answer.body.toArray()).toString(), 'one two');
});

test('when nobody listens anywhere, each address is told, and when to try again', async (t) => {
  const druid = druidAt(t, `${nobody},http://127.0.0.1:10`);
  await assert.rejects(druid.json('coordinator', '/status/health'), {
    code: 'unavailable',
    retryAfterSeconds: 5,
    message:
      'no coordinator of Druid found: http://127.0.0.1:9: nothing listens there; http://127.0.0.1:10: nothing listens there',
  });
});

test('a request that may have reached a server is not sent to another', async (t) => {
  let others = 0;
  const first = await listening(t, ({ socket }) => socket.destroy());
  const second = await listening(t, (_request, response) => {
    others++;
    response.end();
  });
  const druid = druidAt(t, `${first},${second}`);
  await assert.rejects(druid.json('broker', '/', { method: 'POST', body: {} }), {
    code: 'unavailable',
    message: `Druid's broker cannot be reached: ${first}: it closed the connection`,
  });
  assert.equal(others, 0);
});

test('an answer that does not come in time', async (t) => {
  const url = await listening(t, () => {});
  await assert.rejects(druidAt(t, url).json('broker', '/slow', { timeoutMs: 50 }), {
    code: 'timeout',
    message: "Druid's broker has not answered /slow within 0.05 s",
  });
});

test('giving up ends the request at the server', async (t) => {
  const gone = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const url = await listening(t, (request, _response) => {
    request.socket.once('close', () => gone.resolve());
    arrived.resolve();
  });
  const abort = new AbortController();
  const asked = druidAt(t, url).request('broker', { method: 'GET', path: '/', signal: abort.signal });
  await arrived.promise;
  abort.abort();
  await assert.rejects(asked, { code: 'cancelled' });
  await gone.promise;
});

test('what is no Druid is told by what it answers', async (t) => {
  const url = await listening(t, (_request, response) => response.end('<html>'));
  await assert.rejects(druidAt(t, url).json('broker', '/status'), {
    code: 'runtimeFailure',
    message: `${url}/status does not answer as a Druid's broker does, but: <html>`,
  });
  await assert.rejects(druidAt(t, `${url}/sub`).json('broker', '/status'), {
    code: 'unavailable',
    message: `no broker of Druid found: ${url}: does not answer /druid/v2/datasources as a Druid does (200)`,
  });
});

test('a search that does not end is not waited for beyond the time', async (t) => {
  const url = await listening(t, () => {});
  await assert.rejects(druidAt(t, `${url}/silent`).json('broker', '/', { timeoutMs: 50 }), { code: 'timeout' });
});

test('what is no address is refused at once', () => {
  for (const at of ['', 'router:8888', 'ftp://a', 'http://a,'])
    assert.throws(() => openDruid({ at }, createLogger('silent')), { code: 'invalidInput' }, at);
});

test('no more than 512 requests are under way; those that are given up, and those whose answer is read, make room', async (t) => {
  const limit = 512;
  let arrived = 0;
  const full = Promise.withResolvers<void>();
  let isAnswering = false;
  const url = await listening(t, (request, response) => {
    if (answerProbe(request, response)) return;
    if (isAnswering) response.end('[]');
    else if (++arrived === limit) full.resolve();
  });
  const druid = druidAt(t, url);
  const abort = new AbortController();
  const ask = (signal?: AbortSignal) => druid.request('broker', { method: 'GET', path: '/x', signal });
  const hanging = Array.from({ length: limit }, () => ask(abort.signal));
  const given = Promise.allSettled(hanging);
  await full.promise;
  await assert.rejects(ask(), { code: 'bufferFull', retryAfterSeconds: 1 });
  abort.abort();
  await given;
  isAnswering = true;
  for (let round = 0; round <= limit; round++) assert.deepEqual(await druid.json('broker', '/x'), []);
});
