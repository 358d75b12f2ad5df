/** Against a peer that says what the test wants: how answers are cut into pieces, and which never come. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { Frames } from '../../src/kafka/frames.ts';
import { Writer } from '../../src/kafka/library.ts';

/** A connection to somebody who answers as `serve` does. */
async function framesTo(serve: (peer: Socket) => void, requestTimeoutMs = 30_000) {
  const server = createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? Number(address?.port) : 0;
  const frames = new Frames({ clientId: 'test', address: 'the peer', requestTimeoutMs });
  const socket = connect({ port, host: '127.0.0.1', onread: frames.onread });
  await once(socket, 'connect');
  frames.begin(socket);
  return { frames, [Symbol.dispose]: () => void [socket.destroy(), server.close()] };
}

const ask = (frames: Frames, text: string, isFlexible = false) =>
  frames.send({
    apiKey: 1,
    version: 2,
    isFlexible,
    write: () => Writer.create().append(Buffer.from(text)),
    read: (body) => body.toString(),
  });

/** The requests in what came: size, api key, version, correlation id, client id `test`, tags if flexible, body. */
function requestsIn(bytes: Buffer, isFlexible = false) {
  const headerBytes = 4 + 2 + 2 + 4 + 2 + 'test'.length + (isFlexible ? 1 : 0);
  const requests: { readonly correlationId: number; readonly body: string }[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readInt32BE(at);
    if (end > bytes.length) break;
    assert.equal(bytes.readInt16BE(at + 4), 1);
    assert.equal(bytes.readInt16BE(at + 6), 2);
    requests.push({ correlationId: bytes.readInt32BE(at + 8), body: bytes.toString('utf8', at + headerBytes, end) });
    at = end;
  }
  return requests;
}

function answerTo(correlationId: number, body: string, isFlexible = false): Buffer {
  const header = Buffer.alloc(isFlexible ? 9 : 8);
  header.writeInt32BE(header.length - 4 + Buffer.byteLength(body));
  header.writeInt32BE(correlationId, 4);
  return Buffer.concat([header, Buffer.from(body)]);
}

/** Collects so many requests, then answers each with its own body, in pieces of so many bytes. */
function echoInPieces(count: number, pieceBytes: number, isFlexible = false) {
  return (peer: Socket) => {
    peer.setNoDelay(true);
    let received = Buffer.alloc(0);
    peer.on('data', async (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const requests = requestsIn(received, isFlexible);
      if (requests.length < count) return;
      const all = Buffer.concat(requests.map(({ correlationId, body }) => answerTo(correlationId, body, isFlexible)));
      for (let at = 0; at < all.length; at += pieceBytes) {
        peer.write(all.subarray(at, at + pieceBytes));
        // Each piece arrives by itself.
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  };
}

for (const isFlexible of [false, true]) {
  for (const pieceBytes of [1, 3, 7, 10_000]) {
    test(`answers in pieces of ${pieceBytes} bytes${isFlexible ? ', with tagged fields' : ''}`, async () => {
      const texts = ['a', '', 'longer than the others', 'x'.repeat(200)];
      using peer = await framesTo(echoInPieces(texts.length, pieceBytes, isFlexible));
      assert.deepEqual(await Promise.all(texts.map((text) => ask(peer.frames, text, isFlexible))), texts);
    });
  }
}

test('large pieces of a request go as they are, small ones together', async () => {
  const pieces = ['head', 'x'.repeat(5000), 'middle', 'more', 'y'.repeat(100_000), 'tail'];
  using peer = await framesTo(echoInPieces(1, 50_000));
  const answer = await peer.frames.send({
    apiKey: 1,
    version: 2,
    isFlexible: false,
    write: () => pieces.reduce((writer, piece) => writer.append(Buffer.from(piece)), Writer.create()),
    read: (body) => body.toString(),
  });
  assert.equal(answer, pieces.join(''));
});

test('an answer goes where it is wanted', async () => {
  using peer = await framesTo(echoInPieces(1, 5));
  const buffer = Buffer.alloc(100);
  const answer = await peer.frames.send({
    apiKey: 1,
    version: 2,
    isFlexible: false,
    write: () => Writer.create().append(Buffer.from('some bytes')),
    allocate: (size) => buffer.subarray(0, size),
    read: (body) => body.buffer === buffer.buffer,
  });
  assert.ok(answer);
  assert.equal(buffer.toString('utf8', 0, 10), 'some bytes');
});

test('a connection that breaks fails all that wait, and all that comes after', async () => {
  using peer = await framesTo((socket) => {
    socket.on('error', () => {}).once('data', () => socket.destroy());
  });
  const waiting = ['a', 'b'].map((text) => ask(peer.frames, text));
  for (const one of [...waiting, ask(peer.frames, 'c')])
    await assert.rejects(one, { code: 'unavailable', message: /Kafka at the peer cannot be used: / });
  await assert.rejects(ask(peer.frames, 'd'), { code: 'unavailable' });
});

test('no answer in time, and an answer that nobody asked for, end the connection', async () => {
  using silent = await framesTo(() => {}, 50);
  await assert.rejects(ask(silent.frames, 'a'), { code: 'unavailable', message: /no answer in 50 ms/ });
  await assert.rejects(ask(silent.frames, 'b'), { code: 'unavailable', message: /no answer in 50 ms/ });
  using confused = await framesTo((socket) => {
    socket.on('error', () => {}).once('data', () => socket.write(answerTo(77, 'what')));
  });
  await assert.rejects(ask(confused.frames, 'a'), { code: 'unavailable', message: /nobody asked for \(77/ });
});

test('an answer that cannot be read fails its own request alone', async () => {
  using peer = await framesTo(echoInPieces(2, 1000));
  const broken = peer.frames.send({
    apiKey: 1,
    version: 2,
    isFlexible: false,
    write: () => Writer.create().append(Buffer.from('a')),
    read: () => assert.fail('not to be read'),
  });
  const other = ask(peer.frames, 'b');
  await assert.rejects(broken, /not to be read/);
  assert.equal(await other, 'b');
});
