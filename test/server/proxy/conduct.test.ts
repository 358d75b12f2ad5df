/** What happens on the way, before a server that does what a real Druid cannot be made to do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type SharedKafka, sharedKafka } from '../../services/on-demand.ts';
import { answerProbe } from '../../support/druid-probes.ts';
import { startClusterServer } from './support.ts';

let kafka: SharedKafka;
let upstream: Server;
let origin: string;
let url: string;
/** Whether it closes every connection. */
let isAway = false;
let handle: (request: IncomingMessage, response: ServerResponse) => void;
const ends: (() => Promise<void>)[] = [];

before(async () => {
  kafka = await sharedKafka();
  upstream = createServer((request, response) => {
    if (isAway) request.socket.destroy();
    else if (!answerProbe(request, response)) handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const started = await startClusterServer(
    { after: (end) => ends.push(end as () => Promise<void>) },
    origin,
    kafka.bootstrapServers,
  );
  url = started.url;
});
after(async () => {
  for (const end of ends) await end();
  upstream.closeAllConnections();
  upstream.close();
  await kafka.release();
});

function send(path: string, headers: Record<string, string> = {}, body?: Buffer | string) {
  const sent = request(`${url}${path}`, { method: body === undefined ? 'GET' : 'POST', headers });
  sent.end(body);
  return sent;
}

const answered = async (sent: ReturnType<typeof send>) => (await once(sent, 'response'))[0] as IncomingMessage;

test('who asked is told; what is of the connection stays there', async () => {
  let seen: IncomingMessage['headers'] = {};
  handle = ({ headers }, response) => {
    seen = headers;
    response
      .setHeader('connection', 'close, x-private')
      .setHeader('x-private', '1')
      .setHeader('set-cookie', ['a=1', 'b=2']);
    response.end();
  };
  const { headers } = await answered(
    send('/druid/v2/x', {
      te: 'trailers',
      connection: 'x-mine',
      'x-mine': '1',
      'x-forwarded-for': '10.0.0.1',
      cookie: 'c=1',
    }),
  );
  const {
    te,
    'x-mine': mine,
    'x-forwarded-for': client,
    'x-forwarded-proto': proto,
    'x-forwarded-host': host,
    cookie,
  } = seen;
  assert.deepEqual(
    { te, mine, client, proto, host, cookie, at: seen.host },
    {
      te: undefined,
      mine: undefined,
      client: '10.0.0.1, 127.0.0.1',
      proto: 'http',
      host: new URL(url).host,
      cookie: 'c=1',
      at: new URL(origin).host,
    },
  );
  assert.deepEqual([headers['x-private'], headers['set-cookie']], [undefined, ['a=1', 'b=2']]);
});

test("a client's own login goes through", async () => {
  let seen: string | undefined;
  handle = ({ headers }, response) => {
    seen = headers.authorization;
    response.end();
  };
  await answered(send('/druid/v2/x', { authorization: 'Basic YTpi' }));
  assert.equal(seen, 'Basic YTpi');
});

test('a Content-Type that is none goes through as it is, with its body', async () => {
  for (const type of ['json', 'application/', ';charset=utf-8']) {
    handle = (request, response) => {
      response.writeHead(418, { 'x-type': String(request.headers['content-type']) });
      request.pipe(response);
    };
    const response = await answered(send('/druid/v2/sql', { 'content-type': type }, '{"query":"SELECT 1"}'));
    assert.deepEqual([response.statusCode, response.headers['x-type']], [418, type]);
    assert.equal(await text(response), '{"query":"SELECT 1"}');
  }
});

test('a body larger than what is taken of events goes through, as does its answer, with trailers', async () => {
  handle = (request, response) => {
    response.writeHead(200, { trailer: 'x-error' });
    request.pipe(response, { end: false });
    request.on('end', () => {
      response.addTrailers({ 'x-error': 'none' });
      response.end();
    });
  };
  const body = Buffer.alloc(5 << 20, 'abc');
  for (const headers of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }] as Record<
    string,
    string
  >[]) {
    const response = await answered(send('/druid/indexer/v1/task', headers, body));
    assert.ok((await buffer(response)).equals(body));
    assert.deepEqual(response.trailers, { 'x-error': 'none' });
  }
});

test('HTTP/1.0, which nginx speaks unless it is told otherwise, gets the answer without its trailers', async () => {
  handle = (_request, response) => {
    response.writeHead(200, { trailer: 'x-error' });
    response.addTrailers({ 'x-error': 'none' });
    response.end('[]');
  };
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write('GET /druid/v2/x HTTP/1.0\r\n\r\n');
  const [head, body] = (await text(socket)).split('\r\n\r\n');
  assert.match(head ?? '', /^HTTP\/1\.1 200 OK\r\n/);
  assert.doesNotMatch(head ?? '', /trailer/i);
  assert.equal(body, '[]');
});

test('a client that goes away takes its request with it, before the answer and within it', async () => {
  for (const isBegun of [false, true]) {
    const ended = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    handle = (_request, response) => {
      response.once('close', () => ended.resolve());
      if (isBegun) response.write('begun');
      arrived.resolve();
    };
    const sent = send('/druid/v2', {}, '{}');
    sent.on('error', () => {});
    await arrived.promise;
    if (isBegun) await answered(sent);
    sent.destroy();
    await ended.promise;
  }
});

test('an answer that breaks off does not pass for a whole one', async () => {
  handle = (_request, response) => {
    response.write('half');
    setImmediate(() => response.destroy());
  };
  const response = await answered(send('/druid/v2'));
  await assert.rejects(text(response), { code: 'ECONNRESET' });
});

test("a Druid that is away: 503 in Druid's form, with its address, and when to try again", async () => {
  isAway = true;
  const response = await answered(send('/druid/v2/sql', {}, '{}'));
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['retry-after'], '5');
  const { category, errorMessage } = JSON.parse(await text(response));
  assert.equal(category, 'RUNTIME_FAILURE');
  assert.match(errorMessage, new RegExp(`^Druid's broker cannot be reached: ${origin}: it closed the connection`));

  const health = await answered(send('/status/health'));
  assert.deepEqual([health.statusCode, health.headers['retry-after']], [503, '5']);
  assert.match(JSON.parse(await text(health)).errorMessage, new RegExp(`${origin}: it closed the connection`));

  isAway = false;
  handle = (_request, reply) => reply.end('back');
  // It is left out for a while after it failed.
  for (let body = ''; body !== 'back'; ) body = await text(await answered(send('/druid/v2/sql', {}, '{}')));
});
