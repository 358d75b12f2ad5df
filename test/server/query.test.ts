import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { post, startServer } from './support.ts';

const events = [
  { time: '2026-01-01T00:00:00Z', url: '/a', user: 'bob' },
  { time: '2026-01-01T00:00:01Z', url: '/a', user: 'alice' },
  { time: '2026-01-01T00:00:02Z', url: '/b', user: 'bob' },
];

const topN = {
  queryType: 'topN',
  dataSource: 'pageviews',
  intervals: '2026-01-01/2026-01-02',
  granularity: 'all',
  dimension: 'url',
  metric: 'views',
  threshold: 2,
  aggregations: [{ type: 'count', name: 'views' }],
};

test('a native query is answered, with its id, with and without a trailing slash and ?pretty', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, JSON.stringify(events));
  const compact = '[{"timestamp":"2026-01-01T00:00:00.000Z","result":[{"url":"/a","views":2},{"url":"/b","views":1}]}]';
  for (const path of ['/druid/v2', '/druid/v2/', '/druid/v2/?unknown=1']) {
    assert.equal((await post(url + path, JSON.stringify(topN))).text, compact);
  }
  const { text } = await post(`${url}/druid/v2?pretty`, JSON.stringify(topN));
  assert.ok(
    text.startsWith('[ {\n  "timestamp" : "2026-01-01T00:00:00.000Z",\n  "result" : [ {\n    "url" : "/a"'),
    text,
  );
  assert.deepEqual(JSON.parse(text), JSON.parse(compact));

  const body = JSON.stringify({ ...topN, context: { queryId: 'mine' } });
  const response = await fetch(`${url}/druid/v2`, { method: 'POST', body });
  assert.equal(response.headers.get('x-druid-query-id'), 'mine');
});

test('a long answer streams whole, and its server is told of each', async (t) => {
  let answers = 0;
  const { url } = await startServer(t, { onAnswer: () => answers++ });
  const many = Array.from({ length: 3000 }, (_, i) => ({
    time: '2026-01-01T00:00:00Z',
    url: `/page/${i}`,
    pad: 'x'.repeat(50),
  }));
  await post(`${url}/v1/post/pages`, JSON.stringify(many));
  const scan = {
    queryType: 'scan',
    dataSource: 'pages',
    intervals: '2026/2027',
    columns: ['url', 'pad'],
    resultFormat: 'compactedList',
  };
  const { text } = await post(`${url}/druid/v2`, JSON.stringify(scan));
  assert.equal(answers, 1);
  const urls = (JSON.parse(text) as { events: [string, string][] }[]).flatMap(({ events }) =>
    events.map(([page]) => page),
  );
  assert.deepEqual(urls.sort(), many.map(({ url: page }) => page).sort());
  await post(`${url}/druid/v2/sql`, JSON.stringify({ query: 'SELECT * FROM pages' }));
  assert.equal(answers, 2);
});

test("errors have Druid's shape and status", async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, JSON.stringify(events));
  const refusals: [path: string, body: string, status: number, category: string, message: RegExp][] = [
    ['/druid/v2', '{"queryType": "topN",\n  oops}', 400, 'INVALID_INPUT', /line 2 column 3/],
    ['/druid/v2', '', 400, 'INVALID_INPUT', /./],
    ['/druid/v2', JSON.stringify({ ...topN, queryType: 'topM' }), 400, 'INVALID_INPUT', /topN/],
    [
      '/druid/v2',
      JSON.stringify({ ...topN, filter: { type: 'slector' } }),
      400,
      'INVALID_INPUT',
      /did you mean 'selector'/,
    ],
    ['/druid/v2', JSON.stringify({ ...topN, queryType: 'movingAverage' }), 501, 'UNSUPPORTED', /movingAverage/],
    ['/druid/v2/sql', '{"query":"SELECT BLOOM_FILTER(1, 2)"}', 501, 'UNSUPPORTED', /BLOOM_FILTER/],
    ['/druid/v3', '{}', 404, 'NOT_FOUND', /POST \/druid\/v3/],
  ];
  for (const [path, body, status, category, message] of refusals) {
    const reply = await post(url + path, body);
    assert.equal(reply.status, status, reply.text);
    assert.match(String(reply.type), /^application\/json/);
    const error = JSON.parse(reply.text);
    assert.deepEqual({ error: error.error, category: error.category }, { error: 'druidException', category });
    assert.match(error.errorMessage, message);
  }
});

test('a mistake in a query that is JSON is told with line, column and JSON path', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, JSON.stringify(events));
  const written = (metric: string, aggregator: string) => `{
  "queryType": "topN", "dataSource": "pageviews", "granularity": "all", "intervals": "2026/2027",
  "dimension": "url", "threshold": 2,
  "metric": "${metric}",
  "aggregations": [
    {"type": "${aggregator}", "name": "views"}
  ]
}`;
  const mistakes: [query: string, place: { line: number; column: number; path: string }][] = [
    [written('views', 'cuont'), { line: 6, column: 14, path: '$.aggregations[0].type' }],
    // This one shows only while the query is planned.
    [written('veiws', 'count'), { line: 4, column: 13, path: '$.metric' }],
  ];
  for (const [query, place] of mistakes) {
    const reply = await post(`${url}/druid/v2`, query);
    assert.equal(reply.status, 400);
    const { errorMessage, context } = JSON.parse(reply.text);
    assert.deepEqual(context.place, place);
    assert.ok(errorMessage.startsWith(`line ${place.line} column ${place.column}, ${place.path}: `), errorMessage);
    assert.match(errorMessage, /did you mean '(count|views)'/);
  }
});

test('bytes that are not UTF-8, or Smile, are refused', async (t) => {
  const { url } = await startServer(t);
  const { status, text } = await post(`${url}/druid/v2`, Buffer.from([0x7b, 0xff, 0x7d]));
  assert.equal(status, 400);
  assert.match(text, /UTF-8/);
  const smile = await post(`${url}/druid/v2`, ':)', { 'content-type': 'application/x-jackson-smile' });
  assert.equal(smile.status, 415);
  assert.match(JSON.parse(smile.text).errorMessage, /Smile .* is not supported/);
});

test('a queryId that no header can hold comes back in percent encoding', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, JSON.stringify(events));
  const body = JSON.stringify({ ...topN, context: { queryId: 'é\r\nX-Other: 1' } });
  const response = await fetch(`${url}/druid/v2`, { method: 'POST', body });
  assert.equal(response.status, 200, await response.text());
  assert.equal(response.headers.get('x-druid-query-id'), '%C3%A9%0D%0AX-Other:%201');
});

test('a time limit longer than a timer takes is one all the same', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, JSON.stringify(events));
  for (const timeout of [2 ** 31, 2 ** 33, Number.MAX_SAFE_INTEGER]) {
    const { status, text } = await post(`${url}/druid/v2`, JSON.stringify({ ...topN, context: { timeout } }));
    assert.equal(status, 200, text);
  }
});

test('a cancel is accepted, also of a query that is not there', async (t) => {
  const { url } = await startServer(t);
  assert.equal((await fetch(`${url}/druid/v2/nothing`, { method: 'DELETE' })).status, 202);
});

/** An answer of many megabytes, of which only the first piece was read, so that the query still runs. */
async function startLongAnswer(url: string) {
  const pad = 'x'.repeat(1000);
  const line = `{"time":"2026-01-01T00:00:00Z","pad":"${pad}"}\n`;
  for (let i = 0; i < 30; i++) assert.equal((await post(`${url}/v1/post/pages`, line.repeat(1000))).status, 200);
  const scan = { queryType: 'scan', dataSource: 'pages', intervals: '2026/2027', context: { queryId: 'long' } };
  const query = request(`${url}/druid/v2`, { method: 'POST' }).end(JSON.stringify(scan));
  const [response] = await once(query, 'response');
  await once(response, 'readable');
  return response as IncomingMessage;
}

const cancelled = /^millrace_queries_total\{type="scan",status="cancelled"\} 1$/m;

async function untilCancelled(url: string): Promise<void> {
  while (!cancelled.test(await (await fetch(`${url}/metrics`)).text())) await new Promise(setImmediate);
}

test('a query whose client goes away stops', async (t) => {
  const { url } = await startServer(t, { maxBodyBytes: 4 << 20 });
  const response = await startLongAnswer(url);
  assert.doesNotMatch(await (await fetch(`${url}/metrics`)).text(), cancelled);
  response.destroy();
  await untilCancelled(url);
});

test('a cancelled query stops, and its answer is cut off rather than ended as if whole', async (t) => {
  const { url } = await startServer(t, { maxBodyBytes: 4 << 20 });
  const response = await startLongAnswer(url);
  assert.equal((await fetch(`${url}/druid/v2/long`, { method: 'DELETE' })).status, 202);
  await assert.rejects(response.toArray(), { code: 'ECONNRESET' });
  await untilCancelled(url);
});

test('dataSources and their columns are listed', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/pageviews`, JSON.stringify(events));
  const get = async (path: string) => (await fetch(url + path)).json();
  assert.deepEqual(await get('/druid/v2/datasources/'), ['pageviews']);
  assert.deepEqual(await get('/druid/v2/datasources/pageviews'), { dimensions: ['url', 'user'], metrics: [] });
  assert.deepEqual(await get('/druid/v2/datasources/none'), { dimensions: [], metrics: [] });
});
