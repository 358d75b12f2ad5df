/** What is refused around a promotion, before a Druid is asked anything. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { openPromotable } from '../../src/promote/backend.ts';
import { close, createServer, listen } from '../../src/server/server.ts';
import { loadJson } from '../../src/spec/load.ts';
import { readSupervisorSpec } from '../../src/spec/supervisor.ts';
import { Promotions } from '../../src/store/promotions.ts';
import { post } from '../server/support.ts';
import { temporaryFolder } from '../support/engine.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { kafkaSpec } from '../support/supervised.ts';

const settings = (druid: string) => ({
  druid: { at: druid },
  kafka: { 'bootstrap.servers': 'kafka.test:9092' },
  address: 'http://127.0.0.1:8888',
  without: [],
});

/** A server whose supervisor `clicks` stands still, as its dataSource is on its way to a Druid. */
async function startDraining(t: TestContext): Promise<string> {
  const folder = await temporaryFolder();
  const observe = { metrics: createMetrics(), log: createLogger('silent') };
  const streams = { openStream: () => new MemoryLog('clicks/0').stream() };
  const embedded = await openEmbedded({ ...observe, ...streams, dataDirectory: folder.path, autoCreate: true });
  await embedded.supervisors.submit(readSupervisorSpec(loadJson(JSON.stringify({ ...kafkaSpec(), suspended: true }))));
  await new Promotions(embedded.store).write({
    dataSource: 'clicks',
    phase: 'draining',
    settings: JSON.stringify(settings('http://user:secret@druid.test:8888')),
    task: undefined,
  });
  const backend = await openPromotable(embedded, { ...observe, ownSources: false });
  const { promotions } = backend;
  const server = createServer({ ...observe, backend, promotions, maxBodyBytes: 1 << 20, properties: {} });
  const port = await listen(server, { port: 0, host: '127.0.0.1', setting: '--port' });
  t.after(async () => {
    await close(server, 1000);
    await backend.close();
    await folder[Symbol.asyncDispose]();
  });
  return `http://127.0.0.1:${port}`;
}

test('the supervisor of what is on its way is left as it is', async (t) => {
  const url = await startDraining(t);
  const supervisors = `${url}/druid/indexer/v1/supervisor`;
  const before = await (await fetch(`${supervisors}/clicks`)).json();
  for (const action of ['resume', 'suspend', 'terminate', 'shutdown', 'reset', 'resetOffsets']) {
    const { status, text } = await post(`${supervisors}/clicks/${action}`, '{}');
    assert.equal(status, 409, `${action}: ${text}`);
    assert.match(text, /promoted to the Druid at http:\/\/druid\.test:8888, or is on its way/);
  }
  for (const action of ['resumeAll', 'terminateAll']) {
    const { status, text } = await post(`${supervisors}/${action}`, '');
    assert.deepEqual([status, JSON.parse(text)], [200, { status: 'success' }]);
  }
  assert.deepEqual(await (await fetch(`${supervisors}/clicks`)).json(), before);
});

test('whose stream has turned goes on to where it was begun', async (t) => {
  const url = await startDraining(t);
  for (const how of ['', '?back']) {
    const { text } = await post(
      `${url}/v1/promotions/clicks${how}`,
      JSON.stringify(settings('http://other.test:8888')),
    );
    const { error } = JSON.parse(text);
    assert.match(
      error.errorMessage,
      /^the promotion of 'clicks' was begun with the Druid at http:\/\/druid\.test:8888 and the Kafka at kafka\.test:9092,.* go on there, or give it up there with --back$/,
    );
  }
});

test('a server is not healthy whose pushes go to a Druid that is away', async (t) => {
  const url = await startDraining(t);
  const response = await fetch(`${url}/status/health`);
  assert.equal(response.status, 503);
  const { errorMessage } = (await response.json()) as { errorMessage: string };
  assert.match(errorMessage, /Druid.* http:\/\/druid\.test:8888/);
  assert.doesNotMatch(errorMessage, /secret/);
});

test('what was not begun cannot be given up', async (t) => {
  const url = await startDraining(t);
  const { text } = await post(`${url}/v1/promotions/others?back`, JSON.stringify(settings('http://druid.test:8888')));
  assert.match(JSON.parse(text).error.errorMessage, /no promotion of 'others'/);
});
