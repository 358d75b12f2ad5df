/** Avatica's JSON, as a real Druid 33 answers it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readDataSource } from '../../../src/spec/data-schema.ts';
import { pageViews } from '../../support/backend.ts';
import { json, startServer } from '../support.ts';

const rows = 12_000;

interface Asked {
  readonly status: number;
  readonly [field: string]: unknown;
}

async function connected(t: TestContext) {
  const { url, backend } = await startServer(t);
  await backend.define(readDataSource(pageViews()));
  const lines = Array.from(
    { length: rows },
    (_, i) => `{"time":${i * 60_000},"url":"/${i}","user":"u","bytes":${i}}\n`,
  );
  await backend.push({ dataSource: 'pageviews', format: 'json', lines: Buffer.from(lines.join('')), events: rows });
  const ask = async (request: unknown, signal?: AbortSignal): Promise<Asked> => {
    const body = typeof request === 'string' ? request : JSON.stringify(request);
    const answer = await fetch(`${url}/druid/v2/sql/avatica/`, {
      method: 'POST',
      headers: json,
      body,
      signal: signal ?? null,
    });
    assert.match(String(answer.headers.get('content-type')), /^application\/json/);
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  await ask({ request: 'openConnection', connectionId: 'c', info: { user: 'u', password: 'p' } });
  const { statementId } = await ask({ request: 'createStatement', connectionId: 'c' });
  const execute = (sql: string, more: object = {}) =>
    ask({ request: 'prepareAndExecute', connectionId: 'c', statementId, sql, maxRowCount: -1, ...more });
  const fetchFrom = (offset: number, fetchMaxRowCount = -1) =>
    ask({ request: 'fetch', connectionId: 'c', statementId, offset, fetchMaxRowCount });
  return { ask, execute, fetchFrom, statementId };
}

const frameOf = (answer: Asked) => {
  const [result] = (answer.results ?? []) as { firstFrame: unknown }[];
  return (result?.firstFrame ?? answer.frame) as { offset: number; done: boolean; rows: unknown[][] };
};

test('rows come in frames of at most 5,000 and at least 100', async (t) => {
  const { execute, fetchFrom } = await connected(t);
  const sizes = [];
  let frame = frameOf(await execute('SELECT bytes FROM pageviews'));
  for (let offset = 0; ; frame = frameOf(await fetchFrom(offset))) {
    assert.equal(frame.offset, offset);
    sizes.push(frame.rows.length);
    offset += frame.rows.length;
    if (frame.done) break;
  }
  assert.deepEqual(sizes, [5000, 5000, 2000]);
  frame = frameOf(await execute('SELECT bytes FROM pageviews', { maxRowsInFirstFrame: 2 }));
  assert.deepEqual([frame.rows.length, frame.done], [100, false]);
  assert.equal(frameOf(await fetchFrom(100, 300)).rows.length, 300);
});

test('an answer ends at maxRowsTotal', async (t) => {
  const { execute, fetchFrom } = await connected(t);
  const first = frameOf(await execute('SELECT bytes FROM pageviews', { maxRowsTotal: 150, maxRowsInFirstFrame: 100 }));
  assert.equal(first.done, false);
  const second = frameOf(await fetchFrom(100));
  assert.deepEqual([second.rows.length, second.done], [50, true]);
});

test('only what comes next can be fetched', async (t) => {
  const { execute, fetchFrom } = await connected(t);
  await execute('SELECT bytes FROM pageviews', { maxRowsInFirstFrame: 100 });
  const { status, errorMessage } = await fetchFrom(7);
  assert.equal(status, 500);
  assert.match(String(errorMessage), /^Druid can only fetch forward. Requested offset of 7 != current offset 100/);
});

test('an error says what is wrong, and whether the connection is gone', async (t) => {
  const { ask, execute, statementId } = await connected(t);
  const { rpcMetadata, exceptions, ...unknownColumn } = await execute('SELECT nix FROM pageviews');
  assert.match(String(unknownColumn.errorMessage), /^Column 'nix' not found in any table/);
  assert.deepEqual(
    { ...unknownColumn, errorMessage: '' },
    { status: 500, response: 'error', errorMessage: '', errorCode: -1, sqlState: '00000', severity: 'UNKNOWN' },
  );
  for (const request of ['createStatement', 'prepare', 'getTables', 'connectionSync']) {
    const gone = await ask({ request, connectionId: 'other', sql: 'SELECT 1' });
    assert.deepEqual([gone.status, gone.errorCode, gone.severity], [500, 1, 'ERROR'], request);
  }
  const noStatement = await ask({ request: 'fetch', connectionId: 'c', statementId: 99, offset: 0 });
  assert.deepEqual([noStatement.status, noStatement.errorCode], [500, -1]);
  for (const request of ['prepareAndExecuteBatch', 'getTypeInfo']) {
    const { status, errorMessage } = await ask({ request, connectionId: 'c', statementId, sqlCommands: ['SELECT 1'] });
    assert.deepEqual([status, String(errorMessage).includes(`unknown request '${request}'`)], [500, true]);
  }
  assert.equal((await ask('nonsense')).status, 500);
});

test('a closed statement gives its query up, and its number is not used again', async (t) => {
  const { ask, execute, fetchFrom, statementId } = await connected(t);
  await execute('SELECT bytes FROM pageviews', { maxRowsInFirstFrame: 100 });
  assert.equal((await ask({ request: 'closeStatement', connectionId: 'c', statementId })).status, 200);
  assert.match(String((await fetchFrom(100)).errorMessage), /there is no statement 1 /);
  assert.equal((await ask({ request: 'createStatement', connectionId: 'c' })).statementId, 2);
});

test('a client that hangs up stops its query', async (t) => {
  const { ask, statementId } = await connected(t);
  const hangUp = new AbortController();
  // Of so many rows that it does not end by itself.
  const sql =
    'SELECT COUNT(*) FROM pageviews a CROSS JOIN pageviews b CROSS JOIN pageviews c WHERE a.bytes + b.bytes + c.bytes = 7';
  const asked = ask({ request: 'prepareAndExecute', connectionId: 'c', statementId, sql }, hangUp.signal);
  setTimeout(() => hangUp.abort(), 300);
  await assert.rejects(asked, { name: 'AbortError' });
  // One statement does one thing at a time: this waits for the end of the first.
  const next = await ask({ request: 'prepareAndExecute', connectionId: 'c', statementId, sql: 'SELECT 1' });
  assert.deepEqual(frameOf(next).rows, [[1]]);
});

test("the connection's properties are the context of its queries, and never a password", async (t) => {
  const { ask } = await connected(t);
  await ask({ request: 'openConnection', connectionId: 'd', info: { password: 'p', sqlTimeZone: 'Asia/Kolkata' } });
  const { statementId } = await ask({ request: 'createStatement', connectionId: 'd' });
  const sql = "SELECT MIN(__time), CAST(TIMESTAMP '1970-01-03 12:00:00' AS DATE) FROM pageviews";
  const answer = await ask({ request: 'prepareAndExecute', connectionId: 'd', statementId, sql });
  // Midnight in UTC is half past five there; a day is counted from 1970.
  assert.deepEqual(frameOf(answer).rows, [[19_800_000, 2]]);
});

test('in Protobuf, what cannot be read is told in Protobuf', async (t) => {
  const { url } = await startServer(t);
  for (const body of ['nonsense', '']) {
    const answer = await fetch(`${url}/druid/v2/sql/avatica-protobuf/`, { method: 'POST', body });
    assert.equal(answer.status, 500);
    assert.equal(answer.headers.get('content-type'), 'application/x-google-protobuf');
    assert.match(await answer.text(), /org\.apache\.calcite\.avatica\.proto\.Responses\$ErrorResponse/);
  }
});
