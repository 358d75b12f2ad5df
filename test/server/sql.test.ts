import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, post, startServer } from './support.ts';

const ask = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: json, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('SQL is answered with its id and its content type, with and without a slash at the end', async (t) => {
  const { url } = await startServer(t);
  await post(`${url}/v1/post/views`, '{"time":"2018-05-24T09:26:12Z","page":"/"}');
  for (const path of ['/druid/v2/sql', '/druid/v2/sql/']) {
    const query = 'SELECT page, COUNT(*) AS n FROM views GROUP BY page';
    const response = await ask(url + path, { query, context: { sqlQueryId: 'mine' } });
    assert.equal(await response.text(), '[{"page":"/","n":1}]\n');
    assert.equal(response.headers.get('x-druid-sql-query-id'), 'mine');
    assert.equal(response.headers.get('x-druid-sql-header-included'), null);
    assert.match(String(response.headers.get('content-type')), /^application\/json/);
  }
  const csv = await ask(`${url}/druid/v2/sql`, { query: 'SELECT 1 AS a', resultFormat: 'csv', header: true });
  assert.equal(await csv.text(), 'a\n1\n\n');
  assert.equal(csv.headers.get('x-druid-sql-header-included'), 'yes');
  assert.match(String(csv.headers.get('content-type')), /^text\/csv/);
});

test('mistakes have Druid’s shape', async (t) => {
  const { url } = await startServer(t);
  const response = await ask(`${url}/druid/v2/sql`, { query: 'SELECT nope FROM nowhere' });
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), {
    error: 'druidException',
    errorCode: 'invalidInput',
    persona: 'USER',
    category: 'INVALID_INPUT',
    errorMessage: "Object 'nowhere' not found (line [1], column [18])",
    context: { sourceType: 'sql', line: '1', column: '18', endLine: '1', endColumn: '24' },
  });
  const named = await ask(`${url}/druid/v2/sql`, { query: 'SELECT nope', context: { sqlQueryId: 'mine' } });
  assert.equal(named.headers.get('x-druid-sql-query-id'), 'mine');
  assert.match(String(response.headers.get('x-druid-query-id')), /^[0-9a-f-]{36}$/);
  for (const body of ['', '{', '[]', '{}', '{"query":7}', '{"query":"SELECT 1","resultFormat":"xml"}']) {
    assert.equal((await ask(`${url}/druid/v2/sql`, body)).status, 400, body);
  }
});

test('a query that takes too long is stopped, and one that is asked for by its id', async (t) => {
  const { url } = await startServer(t);
  const lines = Array.from({ length: 2000 }, (_, i) => `{"time":"2018-05-24T09:26:12Z","n":"${i}"}`).join('\n');
  await post(`${url}/v1/post/many`, lines);
  const query = 'SELECT MAX(a.n || b.n || c.n) FROM many a, many b, many c';
  const late = await ask(`${url}/druid/v2/sql`, { query, context: { timeout: 100 } });
  assert.equal(late.status, 504);
  assert.equal(((await late.json()) as { error: string }).error, 'Query timeout');
  const running = ask(`${url}/druid/v2/sql`, { query, context: { sqlQueryId: 'long' } });
  let status = 404;
  while (status === 404) ({ status } = await fetch(`${url}/druid/v2/sql/long`, { method: 'DELETE' }));
  assert.equal(status, 202);
  const stopped = await running;
  assert.equal(stopped.status, 500);
  assert.equal(((await stopped.json()) as { error: string }).error, 'Query cancelled');
});

test('clients learn that there is one engine', async (t) => {
  const { url } = await startServer(t);
  const get = async (path: string) => (await fetch(url + path)).json();
  assert.deepEqual(await get('/druid/v2/sql/engines'), { engines: [{ name: 'native' }] });
  assert.deepEqual(await get('/druid/v2/sql/task/enabled'), { enabled: false });
});
