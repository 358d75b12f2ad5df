/** Pushing to a receiver as Druid's EventReceiverFirehose took it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { realtimeSpec, realtimeSpecs } from '../support/realtime.ts';
import { countRows, json, post, startServer } from './support.ts';

const samples = new URL('../fixtures/samples/', import.meta.url);
const events = readFileSync(new URL('wikipedia-events.ndjson', samples), 'utf8').trim().split('\n');
const array = `[${events.join(',')}]`;

const tuningConfig = { rejectionPolicy: { type: 'messageTime' } };
const path = '/druid/worker/v1/chat/wiki/push-events';

test('an array of objects is counted, and there when it is answered; with a slash at the end of the path too', async (t) => {
  const { url } = await startServer(t, { realtime: realtimeSpecs(realtimeSpec({ tuningConfig })) });
  for (const [index, address] of [path, `${path}/`].entries()) {
    const { status, type, text } = await post(url + address, array);
    assert.deepEqual([status, text], [200, '{"eventCount":5}']);
    assert.match(type ?? '', /^application\/json/);
    // Rolled up, the second time's are in the same rows, or late.
    assert.equal(await countRows(url, 'wikipedia'), index === 0 ? 5 : 6);
  }
});

test('what the window drops is counted as received, as in the original, and can be read back', async (t) => {
  const { url } = await startServer(t, { realtime: realtimeSpecs(realtimeSpec()) });
  assert.equal((await post(url + path, array)).text, '{"eventCount":5}');
  assert.equal(await countRows(url, 'wikipedia'), 0);
  const rejects = (await (await fetch(`${url}/v1/rejects/wikipedia`)).json()) as { reason: string }[];
  assert.deepEqual(
    rejects.map(({ reason }) => reason),
    Array(5).fill('late'),
  );
});

test('compressed, one object alone, and nothing at all', async (t) => {
  const { url } = await startServer(t, { realtime: realtimeSpecs(realtimeSpec({ tuningConfig })) });
  const gzip = await post(url + path, gzipSync(array), { ...json, 'content-encoding': 'gzip' });
  assert.deepEqual([gzip.status, gzip.text], [200, '{"eventCount":5}']);
  assert.equal((await post(url + path, events[0] as string)).text, '{"eventCount":1}');
  assert.equal((await post(url + path, '[]')).text, '{"eventCount":0}');
});

test('what cannot be taken is refused as a whole, with what was expected', async (t) => {
  const { url } = await startServer(t, { realtime: realtimeSpecs(realtimeSpec({ tuningConfig })) });
  const cases: readonly [body: string, contentType: string, status: number, message: RegExp][] = [
    [`[${events[0]},{"a":]`, 'application/json', 400, /Malformed JSON/],
    [`[${events[0]},3]`, 'application/json', 400, /Malformed JSON/],
    [array, 'application/x-jackson-smile', 415, /Smile .* is not supported; send application\/json/],
    [array, 'text/plain', 415, /Expected contentType application\/json, got text\/plain/],
  ];
  for (const [body, type, status, message] of cases) {
    const answer = await post(url + path, body, { 'content-type': type });
    assert.equal(answer.status, status, answer.text);
    assert.match((JSON.parse(answer.text) as { errorMessage: string }).errorMessage, message);
  }
  assert.equal(await countRows(url, 'wikipedia'), 0);
});

test('a receiver that is not there is named, with those that are', async (t) => {
  const { url } = await startServer(t, { realtime: realtimeSpecs(realtimeSpec()) });
  const { status, text } = await post(`${url}/druid/worker/v1/chat/wikipedia/push-events`, array);
  assert.equal(status, 404);
  assert.match(text, /there is no receiver 'wikipedia' here; there are 'wiki'/);
});

test('a receiver is shut off at a time, or at once', async (t) => {
  const { url } = await startServer(t, { realtime: realtimeSpecs(realtimeSpec({ tuningConfig })) });
  const shutdown = (query: string) => post(`${url}/druid/worker/v1/chat/wiki/shutdown${query}`, '{}');
  assert.match(
    (await shutdown('?shutoffTime=tonight')).text,
    /'shutoffTime' is 'tonight'; expected an ISO 8601 instant/,
  );
  assert.deepEqual([(await shutdown('?shutoffTime=2999-01-01T00:00:00Z')).status], [200]);
  assert.equal((await post(url + path, array)).status, 200);
  const { status, text } = await shutdown('');
  assert.deepEqual([status, text], [200, '']);
  const refused = await post(url + path, array);
  assert.equal(refused.status, 404);
  assert.match(refused.text, /receiver 'wiki' is shut off since 20/);
  assert.equal(await countRows(url, 'wikipedia'), 5);
});

test('a server that is no realtime node has no receivers', async (t) => {
  const { url } = await startServer(t);
  const { status, text } = await post(url + path, array);
  assert.equal(status, 404);
  assert.match(text, /millrace realtime/);
});
