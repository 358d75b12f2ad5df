/** `millrace server` with Tranquility Server's file of the samples, on a free port instead of its 8200. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { json, post } from '../server/support.ts';
import { freePort } from '../services/millrace.ts';
import { runCommand, startCommand, temporaryFolder } from './support.ts';

const samples = new URL('../fixtures/samples/', import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, samples), 'utf8');
const events = sample('pageviews-events.ndjson');

/** The sample's three events, the first of them now. */
function eventsOfNow(): string {
  const shift = Date.now() - Date.parse('2018-05-24T09:26:12Z');
  return events.replace(/2018-05-24T09:26:1\dZ/g, (time) => new Date(Date.parse(time) + shift).toISOString());
}

for (const option of ['-configFile', '--configFile']) {
  test(`server ${option}: events go in at http.port as at Tranquility, and are answered at Druid's port`, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'server.json');
    const port = await freePort();
    const config = sample('tranquility-server.json');
    assert.match(config, /"http\.port" : "8200"/);
    writeFileSync(file, config.replace('"8200"', `"${port}"`));
    const args = ['server', option, file, '--data', join(folder, 'data')];
    const { url } = await startCommand(t, args, new RegExp(`Tranquility's endpoints on http://\\S+:${port}\\n`));
    const tranquility = `http://127.0.0.1:${port}`;

    assert.deepEqual(JSON.parse((await post(`${tranquility}/v1/post/pageviews`, events)).text), {
      result: { received: 3, sent: 0, dropped: { late: 3 } },
    });
    const { text } = await post(`${tranquility}/v1/post/pageviews`, eventsOfNow());
    assert.equal(text, '{"result":{"received":3,"sent":3}}');
    const asText = await post(`${url}/v1/post/pageviews`, eventsOfNow(), { 'content-type': 'text/plain' });
    assert.equal(asText.text, '{"result":{"received":3,"sent":3}}');
    const unknown = await post(`${tranquility}/v1/post/none`, eventsOfNow(), json);
    assert.deepEqual([unknown.status, unknown.text], [400, "No definition for dataSource 'none'\n"]);

    const query = {
      queryType: 'topN',
      dataSource: 'pageviews',
      intervals: '2020/2100',
      granularity: 'all',
      dimension: 'url',
      metric: 'views',
      threshold: 10,
      aggregations: [
        { type: 'longSum', name: 'views', fieldName: 'views' },
        { type: 'doubleSum', name: 'latencyMs', fieldName: 'latencyMs' },
      ],
    };
    const [answer] = JSON.parse((await post(`${url}/druid/v2`, JSON.stringify(query))).text) as { result: unknown }[];
    // /foo/bar was viewed in 32 and 45 ms, / in 11 ms; each was sent twice.
    assert.deepEqual(answer?.result, [
      { url: '/foo/bar', views: 4, latencyMs: 154 },
      { url: '/', views: 2, latencyMs: 22 },
    ]);
  });
}

/** Runs `millrace server` with a file of this text to its end. */
function runServerWith(t: TestContext, text: string) {
  const folder = temporaryFolder(t);
  const file = join(folder, 'server.json');
  writeFileSync(file, text);
  return runCommand(['server', '-configFile', file, '--data', join(folder, 'data'), '--port', '0']);
}

test('a file with a mistake: its place, exit code 1', async (t) => {
  const file = sample('tranquility-server.json').replace('doubleSum', 'doubleSums');
  const { code, stderr } = await runServerWith(t, file);
  assert.equal(code, 1);
  assert.match(stderr, /^millrace: .*server\.json, line 18 column 73.*doubleSums.*did you mean 'doubleSum'\?\n$/);
});

test('a port of the file that is taken: which one, and that the file says so', async (t) => {
  const { url } = await startCommand(t, ['serve', '--data', temporaryFolder(t)]);
  const { port } = new URL(url);
  const file = sample('tranquility-server.json').replace('"8200"', `"${port}"`);
  const { code, stderr } = await runServerWith(t, file);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^millrace: port ${port} is in use; .*http\\.port\\n$`));
});
