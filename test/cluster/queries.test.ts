/** Answers that break off, as a Druid's do whose query fails on the way; by servers that do so when they are told. */
import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { parsedAnswer } from '../../src/answer.ts';
import { askNative, askSql } from '../../src/cluster/queries.ts';
import { openDruid } from '../../src/druid/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { answerProbe } from '../support/druid-probes.ts';

const row = '[{"count":1},';

/** A Druid whose answers begin with a row and end like this. */
async function answering(t: TestContext, end: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    if (answerProbe(request, response)) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(row, () => end(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const druid = openDruid({ at: url }, createLogger('silent'));
  t.after(async () => {
    await druid.close();
    server.closeAllConnections();
    server.close();
  });
  return { url, druid };
}

test('an answer that ends before its JSON does is no rows', async (t) => {
  const { druid } = await answering(t, (response) => response.end());
  const { chunks } = await askNative(druid, { queryType: 'scan' });
  await assert.rejects(parsedAnswer(chunks), {
    code: 'runtimeFailure',
    message: `the answer broke off after ${row.length} characters: its query failed on the way, or what computed it ended; ask again`,
  });
});

test('a connection that is lost on the way is told by its address', async (t) => {
  const { url, druid } = await answering(t, (response) => response.destroy());
  const { chunks } = await askSql(druid, { query: 'SELECT 1' });
  await assert.rejects(parsedAnswer(chunks), { code: 'runtimeFailure', message: new RegExp(`^${url} broke off its`) });
});

test('a query that is given up while it answers is cancelled', async (t) => {
  const { druid } = await answering(t, () => {});
  const abort = new AbortController();
  const { chunks } = await askNative(druid, { queryType: 'scan' }, { signal: abort.signal });
  await assert.rejects(
    async () => {
      for await (const chunk of chunks) {
        assert.equal(chunk, row);
        abort.abort();
      }
    },
    { code: 'cancelled' },
  );
});
