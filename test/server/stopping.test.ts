/** What is stopped gives its turn back: there are fewer turns than endless queries here, so that a query after them would never be answered. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { pageViews } from '../support/backend.ts';
import { json, post, startServer } from './support.ts';

const several = 12;

/** It would take days. */
const endless =
  'SELECT COUNT(*) FROM pageviews a CROSS JOIN pageviews b CROSS JOIN pageviews c WHERE a.bytes + b.bytes + c.bytes = -1';

async function served(t: TestContext): Promise<string> {
  const { url, backend } = await startServer(t);
  await backend.define(readDataSource(pageViews()));
  const events = 20_000;
  const lines = Array.from(
    { length: events },
    (_, i) => `{"time":${i * 60_000},"url":"/${i}","user":"u","bytes":${i}}\n`,
  );
  await backend.push({ dataSource: 'pageviews', format: 'json', lines: Buffer.from(lines.join('')), events });
  return url;
}

const ask = (url: string, context: object) => post(`${url}/druid/v2/sql`, JSON.stringify({ query: endless, context }));

async function isAnswered(url: string): Promise<void> {
  const body = JSON.stringify({ query: 'SELECT COUNT(*) AS c FROM pageviews' });
  const { status, text } = await post(`${url}/druid/v2/sql`, body);
  assert.deepEqual([status, text.trim()], [200, '[{"c":20000}]']);
}

test('at their timeout', async (t) => {
  const url = await served(t);
  const answers = await Promise.all(Array.from({ length: several }, () => ask(url, { timeout: 200 })));
  for (const { status, text } of answers) {
    const { error, category } = JSON.parse(text) as { error: string; category: string };
    assert.deepEqual([status, error, category], [504, 'Query timeout', 'TIMEOUT']);
  }
  await isAnswered(url);
});

/** The answer of an endless query that is cancelled as soon as it runs. */
async function cancelled(url: string, sqlQueryId: string) {
  let over = false;
  const answer = ask(url, { sqlQueryId }).finally(() => {
    over = true;
  });
  while (!over) {
    const { status } = await fetch(`${url}/druid/v2/sql/${sqlQueryId}`, { method: 'DELETE' });
    if (status === 202) break;
    await sleep(5);
  }
  return answer;
}

test('by DELETE', async (t) => {
  const url = await served(t);
  const answers = Array.from({ length: several }, (_, i) => cancelled(url, `q${i}`));
  for (const { status, text } of await Promise.all(answers)) {
    assert.deepEqual([status, (JSON.parse(text) as { category: string }).category], [500, 'CANCELED']);
  }
  await isAnswered(url);
});

test('when their clients have gone', async (t) => {
  const url = await served(t);
  const leave = new AbortController();
  const body = JSON.stringify({ query: endless });
  const asked = Array.from({ length: several }, () =>
    fetch(`${url}/druid/v2/sql`, { method: 'POST', headers: json, body, signal: leave.signal }),
  );
  await sleep(300);
  leave.abort();
  await Promise.all(asked.map((answer) => assert.rejects(answer, { name: 'AbortError' })));
  await isAnswered(url);
});
