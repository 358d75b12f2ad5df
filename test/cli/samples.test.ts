/** Files as users have them, through the commands that they are for. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { post } from '../server/support.ts';
import { freePort } from '../services/millrace.ts';
import { startCommand, temporaryFolder } from './support.ts';

const samples = new URL('../fixtures/samples/', import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, samples), 'utf8');

test('events of 2018 through tranquility-server.json: all late, counted, and readable with their reason', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'server.json');
  writeFileSync(file, sample('tranquility-server.json').replace('"8200"', `"${await freePort()}"`));
  const letters = join(folder, 'rejected');
  const { url } = await startCommand(t, [
    ...['server', '-configFile', file, '--data', join(folder, 'data'), '--dead-letter', letters],
  ]);
  const events = sample('pageviews-events.ndjson');
  const { text } = await post(`${url}/v1/post/pageviews?droppedEvents=true`, events);
  const droppedEvents = [0, 1, 2].map((event) => ({ event, reason: 'late' }));
  assert.deepEqual(JSON.parse(text), { result: { received: 3, sent: 0, dropped: { late: 3 }, droppedEvents } });
  const rejects = (await (await fetch(`${url}/v1/rejects/pageviews`)).json()) as { reason: string; event: string }[];
  assert.deepEqual(
    rejects.map(({ reason, event }) => `${reason} ${event}`),
    events
      .trim()
      .split('\n')
      .map((line) => `late ${line}`)
      .reverse(),
  );
});

test('metrics-search.json over the metrics events: bob, twice', async (t) => {
  const folder = temporaryFolder(t);
  const { url } = await startCommand(t, ['serve', '--data', join(folder, 'data')]);
  await post(`${url}/v1/post/metrics-kafka`, sample('metrics-events.ndjson'));
  const { status, text } = await post(`${url}/druid/v2/?pretty`, sample('metrics-search.json'));
  assert.equal(status, 200);
  const [answer, ...others] = JSON.parse(text) as { result: unknown }[];
  assert.deepEqual(answer?.result, [{ dimension: 'user', value: 'bob', count: 2 }]);
  assert.equal(others.length, 0);
});

test('an array of events, indented: rejects are shown without what stood between them', async (t) => {
  const folder = temporaryFolder(t);
  const { url } = await startCommand(t, ['serve', '--data', join(folder, 'data')]);
  const body = '[\n  {"time":"2026-01-01T00:00:00Z"} ,\n  {"a":1} ,\n\t{"a":2}\n]\n';
  assert.equal((await post(`${url}/v1/post/x`, body)).status, 200);
  const rejects = (await (await fetch(`${url}/v1/rejects/x`)).json()) as { event: string }[];
  assert.deepEqual(rejects.map(({ event }) => event).sort(), ['{"a":1}', '{"a":2}']);
  for (const nothing of ['', '\n \n', '[]']) {
    const { status, text } = await post(`${url}/v1/post/never-seen`, nothing);
    assert.deepEqual([status, text], [200, '{"result":{"received":0,"sent":0}}'], JSON.stringify(nothing));
  }
});
