/** Tranquility Server's endpoints; the texts are the original's (druid-io/tranquility, TranquilityServlet.scala). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { countRows, json, post, startServer } from './support.ts';

const event = (url: string) => ({ time: '2026-01-01T00:00:00Z', url, user: 'bob', latencyMs: 3 });
const two = [event('/a'), event('/b')];
const lines = `${JSON.stringify(two[0])}\n${JSON.stringify(two[1])}\n`;
const sent = (count: number) => JSON.stringify({ result: { received: count, sent: count } });

test('every form of a body gives the same events, readable when the answer is there', async (t) => {
  const { url } = await startServer(t);
  const forms: [string, string | Uint8Array<ArrayBuffer>, Record<string, string>][] = [
    ['an array', JSON.stringify(two), json],
    ['an indented array', JSON.stringify(two, undefined, 2), json],
    ['lines', lines, json],
    ['a charset', lines, { 'content-type': 'application/json; charset=UTF-8' }],
    ['gzip', gzipSync(lines), { ...json, 'content-encoding': 'gzip' }],
    ['x-gzip', gzipSync(lines), { ...json, 'content-encoding': 'x-gzip' }],
    ['GZIP', gzipSync(lines), { ...json, 'content-encoding': 'GZIP' }],
    ['identity', lines, { ...json, 'content-encoding': 'identity' }],
  ];
  let expected = 0;
  for (const [what, body, headers] of forms) {
    assert.deepEqual(
      await post(`${url}/v1/post/pageviews`, body, headers),
      { status: 200, type: 'application/json; charset=utf-8', text: sent(2) },
      what,
    );
    expected += 2;
    assert.equal(await countRows(url, 'pageviews'), expected, what);
  }
  assert.equal((await post(`${url}/v1/post/pageviews/?pretty`, lines)).text, sent(2));
  assert.equal((await post(`${url}/v1/post/pageviews`, '')).text, sent(0));
});

test('without a dataSource in the URL each event names its own, as dataSource or feed', async (t) => {
  const { url } = await startServer(t);
  const events = [
    { ...event('/a'), dataSource: 'one' },
    { ...event('/b'), feed: 'other' },
    { ...event('/c'), feed: 'one' },
  ];
  assert.equal((await post(`${url}/v1/post`, JSON.stringify(events))).text, sent(3));
  assert.equal(await countRows(url, 'one'), 2);
  assert.equal(await countRows(url, 'other'), 1);
  const nameless = await post(`${url}/v1/post`, JSON.stringify([{ ...event('/a'), dataSource: 'one' }, event('/b')]));
  assert.deepEqual({ status: nameless.status, type: nameless.type }, { status: 400, type: 'text/plain' });
  assert.match(nameless.text, /Missing 'dataSource' or 'feed'/);
  assert.equal(await countRows(url, 'one'), 2, 'a body is taken whole or not at all');
});

test("refusals carry the original's texts", async (t) => {
  const { url } = await startServer(t, { autoCreate: false });
  const at = `${url}/v1/post/pageviews`;
  const text = { 'content-type': 'text/plain' };
  const refusals: [string, string, Record<string, string>, number, RegExp][] = [
    [at, lines, json, 400, /^No definition for dataSource 'pageviews'\n$/],
    [at, 'hello', json, 400, /^Malformed JSON on line 1 column 1: /],
    [`${url}/v1/post`, 'x', text, 400, /^Must include dataSource in URL for contentType\[text\/plain\]\n$/],
    [at, lines, { 'content-type': 'application/xml' }, 400, /^Expected contentType application\/json/],
    [
      at,
      lines,
      { 'content-type': 'application/x-jackson-smile' },
      415,
      /^Smile .* is not supported; send application\/json/,
    ],
    [at, lines, { ...json, 'content-encoding': 'br' }, 400, /^Unrecognized request Content-Encoding\n$/],
    [at, lines, { ...json, 'content-encoding': 'gzip' }, 400, /^the body is not gzip/],
    [`${at}?async=maybe`, lines, json, 400, /^Expected true or false\n$/],
    [at, lines, { ...json, 'idempotency-key': 'k'.repeat(256) }, 400, /^Expected one Idempotency-Key/],
  ];
  for (const [target, body, headers, status, message] of refusals) {
    const reply = await post(target, body, headers);
    assert.deepEqual({ status: reply.status, type: reply.type }, { status, type: 'text/plain' }, reply.text);
    assert.match(reply.text, message);
  }
});

test('a body that breaks in the middle leaves nothing behind', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, lines);
  const { status, text } = await post(`${url}/v1/post/pageviews`, `${lines}{"time":"2026-01-01T00:00:00Z","url":"/c`);
  assert.equal(status, 400);
  assert.match(text, /^Malformed JSON on line 3 /);
  assert.equal(await countRows(url, 'pageviews'), 2);
});

test('what is not kept is counted by reason, named on request, and can be read back', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, lines);
  const body = JSON.stringify([event('/a'), { url: '/without-time' }, event('/b')]);
  const counted = await post(`${url}/v1/post/pageviews`, body);
  assert.deepEqual(JSON.parse(counted.text), { result: { received: 3, sent: 2, dropped: { unparseable: 1 } } });
  const named = await post(`${url}/v1/post/pageviews?droppedEvents=true`, body);
  assert.deepEqual(JSON.parse(named.text).result.droppedEvents, [{ event: 1, reason: 'unparseable' }]);

  const rejects = (await (await fetch(`${url}/v1/rejects/pageviews`)).json()) as Record<string, string>[];
  assert.equal(rejects.length, 2);
  assert.equal(rejects[0]?.reason, 'unparseable');
  assert.match(String(rejects[0]?.event), /without-time/);
  assert.ok(Math.abs(Date.parse(String(rejects[0]?.rejectedAt)) - Date.now()) < 60_000);

  const unknown = await fetch(`${url}/v1/rejects/pageview`);
  assert.equal(unknown.status, 404);
  assert.match(await unknown.text(), /did you mean 'pageviews'/);
});

test('a retry under the same Idempotency-Key is answered alike and counted once', async (t) => {
  const { url } = await startServer(t);
  const headers = { ...json, 'idempotency-key': 'batch-7' };
  assert.equal((await post(`${url}/v1/post/pageviews`, lines, headers)).text, sent(2));
  assert.equal((await post(`${url}/v1/post/pageviews`, lines, headers)).text, sent(2));
  assert.equal(await countRows(url, 'pageviews'), 2);
});

test('an asynchronous push says nothing is sent, and its events arrive', async (t) => {
  const { url, backend } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, lines);
  for (const yes of ['true', '1', 'YES']) {
    const { text } = await post(`${url}/v1/post/pageviews?async=${yes}`, lines);
    assert.deepEqual(JSON.parse(text), { result: { received: 2, sent: 0 } });
  }
  for (const no of ['false', '0', 'no', '']) {
    assert.equal((await post(`${url}/v1/post/pageviews?async=${no}`, lines)).text, sent(2));
  }
  while ((await backend.health()).pendingBytes > 0) await new Promise(setImmediate);
  assert.equal(await countRows(url, 'pageviews'), 2 * (1 + 3 + 4));
});

test('a body beyond the limit gets 413 with the limit, announced, chunked or compressed', async (t) => {
  const { url } = await startServer(t, { maxBodyBytes: 10_000 });
  const big = JSON.stringify([{ ...event('/a'), pad: 'x'.repeat(20_000) }]);
  const replies = [
    await post(`${url}/v1/post/pageviews`, big),
    await post(`${url}/v1/post/pageviews`, gzipSync(big), { ...json, 'content-encoding': 'gzip' }),
  ];
  const chunked = request(`${url}/v1/post/pageviews`, { method: 'POST', headers: json });
  chunked.end(big);
  chunked.on('error', () => {});
  const [response] = await once(chunked, 'response');
  replies.push({ status: response.statusCode, type: null, text: (await response.toArray()).join('') });
  for (const { status, text } of replies) {
    assert.equal(status, 413);
    assert.match(text, /10000 bytes.*--max-body-bytes/);
  }
});

test('a large body waits while others fill the memory, and is taken when they are gone; small ones go on', async (t) => {
  const maxBodyBytes = 64 << 20;
  const { url } = await startServer(t, { maxBodyBytes });
  const uploads = await Promise.all(
    Array.from({ length: 2 }, async () => {
      const headers = { ...json, 'content-length': maxBodyBytes, expect: '100-continue' };
      const upload = request(`${url}/v1/post/pageviews`, { method: 'POST', headers });
      upload.on('error', () => {});
      upload.flushHeaders();
      await once(upload, 'continue');
      return upload;
    }),
  );
  const events = 2 * Math.ceil((25 << 20) / lines.length);
  let answered = false;
  const large = post(`${url}/v1/post/pageviews`, lines.repeat(events / 2)).finally(() => {
    answered = true;
  });
  assert.equal((await post(`${url}/v1/post/pageviews`, lines)).text, sent(2));
  assert.equal(answered, false);
  for (const upload of uploads) upload.destroy();
  assert.equal((await large).text, sent(events));
});

test('of text with a header line, an asynchronous push counts the events', async (t) => {
  const { url, backend } = await startServer(t);
  await backend.define(
    readDataSource({
      dataSource: 'pages',
      parser: {
        type: 'string',
        parseSpec: {
          format: 'csv',
          hasHeaderRow: true,
          timestampSpec: { column: 'time', format: 'auto' },
          dimensionsSpec: { dimensions: [] },
        },
      },
      granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'none', rollup: false },
    }),
  );
  const csv = 'time,url\n2026-01-01T00:00:00Z,/a\n2026-01-01T00:00:01Z,/b\n';
  const { text } = await post(`${url}/v1/post/pages?async=true`, csv, { 'content-type': 'text/plain' });
  assert.deepEqual(JSON.parse(text), { result: { received: 2, sent: 0 } });
});

test('a full buffer is answered with 503 and Retry-After, asynchronously too', async (t) => {
  const { url, backend } = await startServer(t, { maxPendingBytes: 10 });
  await post(`${url}/v1/post/pageviews`, lines);
  const events = 50_000;
  const much = {
    dataSource: 'pageviews',
    format: 'json',
    lines: Buffer.from(lines.repeat(events / 2)),
    events,
  } as const;
  const pending = backend.push(much);
  for (const target of ['/v1/post/pageviews', '/v1/post/pageviews?async=true']) {
    const response = await fetch(url + target, { method: 'POST', headers: json, body: lines });
    assert.equal(response.status, 503);
    assert.match(String(response.headers.get('retry-after')), /^[1-9]\d*$/);
    assert.match(await response.text(), /^Buffer full for dataSource 'pageviews'/);
  }
  await pending;
  assert.equal(await countRows(url, 'pageviews'), 2 + events, 'what was refused is not there');
});

test('names and values with quotes and SQL in them are only names and values', async (t) => {
  const { url } = await startServer(t);
  const name = `a'; DROP TABLE "x"; --`;
  const target = `${url}/v1/post/${encodeURIComponent(name)}`;
  const hostile = { time: '2026-01-01T00:00:00Z', 'k"\'); DROP TABLE x; --': `v'"; SELECT 1; --` };
  assert.equal((await post(target, JSON.stringify([hostile]))).text, sent(1));
  assert.equal(await countRows(url, name), 1);
  assert.deepEqual(await (await fetch(`${url}/druid/v2/datasources`)).json(), [name]);
});

test("the port for Tranquility's clients has its endpoints alone", async (t) => {
  const { url } = await startServer(t, { tranquility: true });
  assert.equal((await post(`${url}/v1/post/pageviews`, lines)).text, sent(2));
  for (const path of ['/', '/druid/v2', '/status']) {
    const { status, text } = await post(url + path, '{}');
    assert.deepEqual({ status, text }, { status: 404, text: 'Not found\n' });
  }
});
