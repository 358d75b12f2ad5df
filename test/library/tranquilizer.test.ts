import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MessageDroppedError } from '../../src/library/errors.ts';
import { openMillrace } from '../../src/library/millrace.ts';
import { createTranquilizer } from '../../src/library/tranquilizer.ts';
import { countRows, startServer } from '../server/support.ts';

const spec = {
  dataSchema: {
    dataSource: 'pageviews',
    timestampSpec: { column: 'time', format: 'auto' },
    dimensionsSpec: { dimensions: ['url'] },
    metricsSpec: [{ type: 'count', name: 'views' }],
    granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'none', rollup: false },
  },
  tuningConfig: { rejectionPolicy: { type: 'none' } },
};
const time = '2026-01-01T12:00:00Z';
const good = (n: number) => ({ time, url: `/${n}` });
const bad = { time: 'soon', url: '/bad' };

async function open(t: TestContext) {
  const millrace = await openMillrace();
  t.after(() => millrace.close());
  const rows = async () => {
    const [answer] = await millrace.query<{ events: unknown[] }>({
      queryType: 'scan',
      dataSource: 'pageviews',
      intervals: ['2026-01-01/2026-01-02'],
    });
    return answer?.events.length ?? 0;
  };
  return { millrace, rows };
}

test('every send is answered for itself', async (t) => {
  const { millrace, rows } = await open(t);
  const tranquilizer = await createTranquilizer({
    spec,
    properties: { 'tranquility.maxBatchSize': '3' },
    to: millrace,
  });
  const events = [good(0), good(1), bad, good(3), bad, good(5), good(6)];
  const results = await Promise.allSettled(events.map((event) => tranquilizer.send(event)));
  for (const [index, result] of results.entries()) {
    if (events[index] !== bad) assert.equal(result.status, 'fulfilled');
    else {
      assert.ok(result.status === 'rejected' && result.reason instanceof MessageDroppedError);
      assert.equal(result.reason.reason, 'unparseable');
    }
  }
  assert.deepEqual(tranquilizer.counts, { receivedCount: 7, sentCount: 5, failedCount: 2 });
  assert.equal(await rows(), 5);
});

test('what is no event fails alone, not with those in its batch', async (t) => {
  const { millrace, rows } = await open(t);
  const tranquilizer = await createTranquilizer({ spec, to: millrace });
  const circle: Record<string, unknown> = {};
  circle.itself = circle;
  const wrong = [undefined, null, 'text', [good(1), good(2)], { toJSON: () => 7 }, { n: 1n }, circle];
  const sends = [good(0), ...wrong, good(3)].map((event) => tranquilizer.send(event as object));
  const results = await Promise.allSettled(sends);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', ...wrong.map(() => 'rejected'), 'fulfilled'],
  );
  for (const result of results) if (result.status === 'rejected') assert.equal(result.reason.code, 'invalidInput');
  assert.equal(await rows(), 2);
});

test('a batch is answered with the places of what was dropped, over batches of the wire', async (t) => {
  const { millrace, rows } = await open(t);
  const tranquilizer = await createTranquilizer({ spec, properties: { 'tranquility.maxBatchSize': 2 }, to: millrace });
  const outcome = await tranquilizer.sendBatch([good(0), bad, good(2), good(3), bad]);
  assert.deepEqual(outcome, {
    received: 5,
    sent: 3,
    dropped: { unparseable: 2 },
    droppedEvents: [
      { event: 1, reason: 'unparseable' },
      { event: 4, reason: 'unparseable' },
    ],
  });
  assert.equal((await tranquilizer.sendBatch([])).received, 0);
  assert.equal(await rows(), 3);
});

test('close sends what is gathered, then refuses', async (t) => {
  const { millrace, rows } = await open(t);
  const tranquilizer = await createTranquilizer({ spec, properties: { 'tranquility.lingerMillis': -1 }, to: millrace });
  const send = tranquilizer.send(good(0));
  await tranquilizer.close();
  await send;
  await assert.rejects(tranquilizer.send(good(1)), /closed/);
  assert.equal(await rows(), 1);
});

test('a wrong property is answered with its path', async (t) => {
  const { millrace } = await open(t);
  const properties = { 'tranquility.maxBatchSize': 'many' };
  await assert.rejects(createTranquilizer({ spec, properties, to: millrace }), {
    code: 'invalidInput',
    message: /\$\.properties\["tranquility\.maxBatchSize"\]/,
  });
});

/** An HTTP server that stands before another one. */
async function front(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('elsewhere: each send is answered for itself', async (t) => {
  const { url } = await startServer(t);
  const tranquilizer = await createTranquilizer({ spec, to: { url } });
  const results = await Promise.allSettled([good(0), bad, good(2)].map((event) => tranquilizer.send(event)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(await countRows(url, 'pageviews'), 2);
});

test('elsewhere: a batch whose answer was lost is sent again and counted once', async (t) => {
  const { url } = await startServer(t);
  const keys: unknown[] = [];
  const flaky = await front(t, async (request, response) => {
    const key = String(request.headers['idempotency-key']);
    keys.push(key);
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const body = Buffer.concat(await request.toArray());
    const answer = await fetch(`${url}${request.url}`, { method: 'POST', headers, body });
    const text = await answer.text();
    if (keys.length === 1) response.destroy();
    else response.end(text);
  });
  const tranquilizer = await createTranquilizer({ spec, to: { url: flaky } });
  const outcome = await tranquilizer.sendBatch([good(0), bad, good(2)]);
  assert.deepEqual(outcome.droppedEvents, [{ event: 1, reason: 'unparseable' }]);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal(await countRows(url, 'pageviews'), 2);
});

test('elsewhere: a full server is asked again, a refusing one is not', async (t) => {
  const answers: [status: number, text: string][] = [
    [503, "Buffer full for dataSource 'pageviews'"],
    [200, '{"result":{"received":1,"sent":1}}'],
    [400, "No definition for dataSource 'pageviews'"],
  ];
  const url = await front(t, (request, response) => {
    const [status, text] = answers.shift() ?? [500, 'one request too many'];
    request.resume().on('end', () => response.writeHead(status).end(text));
  });
  const tranquilizer = await createTranquilizer({ spec, to: { url } });
  await tranquilizer.send(good(0));
  await assert.rejects(tranquilizer.send(good(1)), { code: 'invalidInput', message: /No definition for dataSource/ });
  assert.deepEqual(tranquilizer.counts, { receivedCount: 2, sentCount: 1, failedCount: 1 });
  assert.deepEqual(answers, []);
});

test('elsewhere: a batch that is in Kafka in part is not sent again', async (t) => {
  let requests = 0;
  const url = await front(t, (request, response) => {
    requests++;
    const context = { written: 1, mayBeWritten: 0 };
    const refused = () => response.writeHead(503, { 'retry-after': '0' }).end(JSON.stringify({ context }));
    request.resume().on('end', refused);
  });
  const tranquilizer = await createTranquilizer({ spec, to: { url } });
  await assert.rejects(tranquilizer.sendBatch([good(0), good(1)]), { code: 'bufferFull' });
  assert.equal(requests, 1);
});

test('the examples run as they stand', async () => {
  const run = async (example: string) => {
    const file = fileURLToPath(new URL(`../../examples/${example}.ts`, import.meta.url));
    return (await promisify(execFile)(process.execPath, ['--conditions=millrace-source', file])).stdout;
  };
  assert.equal(await run('embedded'), '3 kept, dropped: { unparseable: 1 }\n/a: 2 views, 80 ms\n/b: 1 views, 10 ms\n');
  const lines = (await run('tranquilizer')).trim().split('\n');
  assert.deepEqual(lines.sort(), [
    '/a is kept',
    '/b was dropped: late',
    '/c is kept',
    '{ receivedCount: 3, sentCount: 2, failedCount: 1 }',
  ]);
});
