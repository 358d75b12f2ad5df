/** What comes through from a real Druid is what it says itself. */
import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type SharedDruid, sharedDruid } from '../../services/on-demand.ts';
import { startClusterServer } from './support.ts';

let druid: SharedDruid;
let url: string;
const ends: (() => Promise<void> | void)[] = [];

before(async () => {
  druid = await sharedDruid();
  ({ url } = await startClusterServer(
    { after: (end) => ends.push(end as () => Promise<void>) },
    druid.router,
    druid.kafka,
  ));
});
after(async () => {
  for (const end of ends.reverse()) await end();
  await druid.release();
});

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Heard {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Without any reading of what is compressed. */
async function ask(base: string, path: string, { method = 'GET', body, headers = {} }: Asked = {}): Promise<Heard> {
  const sent = request(`${base}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

const sql = (query: string, more: object = {}): Asked => ({
  method: 'POST',
  body: { query, context: { sqlQueryId: 'proxy-test' }, ...more },
});
const rows = "SELECT * FROM (VALUES (1, 'a'), (2, 'é')) AS t (n, s)";

const requests: readonly (readonly [string, string, Asked?])[] = [
  ['SQL', '/druid/v2/sql', sql(rows)],
  ['SQL as CSV with a header', '/druid/v2/sql/', sql(rows, { resultFormat: 'csv', header: true })],
  ['SQL, compressed', '/druid/v2/sql', { ...sql(rows), headers: { 'accept-encoding': 'gzip' } }],
  ["a mistake in SQL, with Druid's status and text", '/druid/v2/sql', sql('SELECT nothing FROM nowhere')],
  [
    'a native query',
    '/druid/v2/?pretty',
    { method: 'POST', body: { queryType: 'timeBoundary', dataSource: 'none', context: { queryId: 'q' } } },
  ],
  ['a native query that is none', '/druid/v2', { method: 'POST', body: { queryType: 'none' } }],
  ['dataSources', '/druid/v2/datasources'],
  ['a dataSource that is not there', '/druid/v2/datasources/none'],
  ['the cancel of a query that does not run', '/druid/v2/sql/none', { method: 'DELETE' }],
  ['a native cancel', '/druid/v2/none', { method: 'DELETE' }],
  ['a supervisor that is not there', '/druid/indexer/v1/supervisor/none/status'],
  ['the end of a supervisor that is not there', '/druid/indexer/v1/supervisor/none/terminate', { method: 'POST' }],
  ['lookups', '/druid/coordinator/v1/lookups/config/none/none'],
  ['segments to load', '/druid/coordinator/v1/loadstatus?simple'],
  ["the overlord's status behind the router", '/proxy/overlord/status/health'],
  ['whether the console can be had', '/proxy/enabled'],
  ['a path that is nowhere', '/none/at/all'],
];

for (const [what, path, asked] of requests)
  test(`${what}: the same as from Druid itself`, async () => {
    const [through, direct] = [await ask(url, path, asked), await ask(druid.router, path, asked)];
    assert.equal(through.status, direct.status);
    assert.deepEqual(through.body, direct.body);
    const described = ({ headers }: Heard) =>
      Object.fromEntries(
        [
          'content-type',
          'content-encoding',
          'x-druid-query-id',
          'x-druid-sql-query-id',
          'x-druid-sql-header-included',
          'x-druid-response-context',
          'cache-control',
        ].map((name) => [name, headers[name]]),
      );
    assert.deepEqual(described(through), described(direct));
  });

test("JDBC's protocol: a connection, a statement, its rows", async () => {
  const connectionId = `proxy-${process.pid}`;
  const call = async (body: object) =>
    JSON.parse(
      (await ask(url, '/druid/v2/sql/avatica/', { method: 'POST', body: { connectionId, ...body } })).body.toString(),
    );
  await call({ request: 'openConnection', info: {} });
  const { statementId } = await call({ request: 'createStatement' });
  const sent = { request: 'prepareAndExecute', statementId, sql: rows, maxRowCount: -1, maxRowsInFirstFrame: -1 };
  const { results } = await call(sent);
  assert.deepEqual(results[0].firstFrame.rows, [
    [1, 'a'],
    [2, 'é'],
  ]);
  assert.equal((await call({ request: 'closeConnection' })).response, 'closeConnection');
});

test('what is ours is answered here', async () => {
  assert.deepEqual((await ask(url, '/v1/none')).status, 404);
  assert.match(String((await ask(url, '/v1/none')).body), /there is no GET \/v1\/none here/);
  const { status, body } = await ask(url, '/status/health');
  assert.deepEqual({ status, body: String(body) }, { status: 200, body: 'true' });
  const metrics = String((await ask(url, '/metrics')).body);
  assert.match(metrics, /^millrace_proxied_requests_total\{service="broker",status="200"\} \d+$/m);
  assert.match(metrics, /^millrace_proxied_requests_total\{service="overlord",status="404"\} \d+$/m);
  assert.match(metrics, /^millrace_proxied_seconds_count\{service="coordinator"\} \d+$/m);
});
