/** Something on Druid deletes what a promotion brings: it says where the sides differ, and all is here as before; then it goes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { onCluster } from '../cluster/support.ts';
import { freePort, startMillrace } from '../services/millrace.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { temporaryFolder } from '../support/engine.ts';
import { phaseOf, postJson, promoted, startPromotion } from './support.ts';

const servers = await sharedDruid();
const { newDataSource } = onCluster(servers);

const json = { 'content-type': 'application/json' };
const days = 2;
const eventsPerDay = 500;

/** As a retention rule would, or somebody's script: all segments of one day, as soon as there are any. */
function deleting(dataSource: string, interval: string): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const url = `${servers.coordinator}/druid/coordinator/v1/datasources/${dataSource}/markUnused`;
  const work = (async () => {
    while (!stopped.signal.aborted) {
      const response = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify({ interval }) });
      await response.arrayBuffer();
      await sleep(50);
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await work;
    },
  };
}

test('a promotion that differs says where, and nothing is lost', async (t) => {
  const name = newDataSource(t, 'promoted-differing');
  await using folder = await temporaryFolder();
  const millrace = await startMillrace({ command: ['serve'], port: await freePort(), data: folder.path });
  t.after(() => millrace.stop('SIGKILL'));
  const post = (path: string, body: string) => postJson(`${millrace.url}${path}`, body);
  let pushed = 0;
  const push = async (count: number) => {
    const events = Array.from({ length: count }, (_, i) => ({
      time: new Date(Date.UTC(2026, 2, 1 + ((pushed + i) % days)) + pushed + i).toISOString(),
      n: pushed + i,
    }));
    await post(`/v1/post/${name}`, events.map((event) => JSON.stringify(event)).join('\n'));
    pushed += count;
  };
  const sums = async () => {
    const query = `SELECT COUNT(*) AS "rows", SUM(n) AS n FROM "${name}"`;
    return (await post('/druid/v2/sql', JSON.stringify({ query })))[0];
  };
  await push(days * eventsPerDay);

  const stopped = new AbortController();
  const pushing = (async () => {
    while (!stopped.signal.aborted) {
      await push(2);
      await sleep(500);
    }
  })();
  const deletion = deleting(name, '2026-03-02/2026-03-03');
  const differing = startPromotion(servers, name, '--server', millrace.url);
  const code = await differing.ended.finally(() => deletion.stop());
  stopped.abort();
  await pushing;
  assert.equal(code, 1, differing.output());
  assert.match(
    differing.output(),
    /both sides differ: 2026-03-02T00:00:00\.000Z\/2026-03-03T00:00:00\.000Z: number of rows is \d+ here and null there\. Nothing has moved/,
  );
  assert.match(differing.output(), /reading back what went to the topic/);
  assert.equal(await phaseOf(millrace.url, name), 'history');
  const all = () => ({ rows: pushed, n: (pushed * (pushed - 1)) / 2 });
  assert.deepEqual(await sums(), all());
  await push(1);
  assert.deepEqual(await sums(), all(), 'events come here as before');

  await promoted(startPromotion(servers, name, '--server', millrace.url));
  assert.deepEqual(await sums(), all(), 'on Druid');
});
