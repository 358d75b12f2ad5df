/** A promotion that is done, asked for again with addresses that lead elsewhere; a Druid is played by a server that has what it is told. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { parsedAnswer } from '../../src/answer.ts';
import { supervisorOf } from '../../src/cluster/supervisor-spec.ts';
import { openEmbedded } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { openPromotable } from '../../src/promote/backend.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { Promotions } from '../../src/store/promotions.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { sharedKafka } from '../services/on-demand.ts';
import { pageViews } from '../support/backend.ts';
import { answerProbe } from '../support/druid-probes.ts';
import { temporaryFolder } from '../support/engine.ts';

const kafka = await sharedKafka();
const dataSource = readDataSource(pageViews());
const { name } = dataSource;
const topic = `absent-${process.pid}-${Date.now()}`;

/** A Druid with these supervisors, and no segments. */
async function druidWith(t: TestContext, supervisors: Readonly<Record<string, object>>): Promise<string> {
  const server = createServer((request, response) => {
    if (answerProbe(request, response)) return;
    const path = '/druid/indexer/v1/supervisor';
    const { url = '' } = request;
    response.setHeader('content-type', 'application/json');
    if (url === path) response.end(JSON.stringify(Object.keys(supervisors)));
    else if (url.startsWith(path)) response.end(JSON.stringify(supervisors[url.slice(path.length + 1)]));
    else response.end(url === '/druid/v2' ? JSON.stringify([{ asked: url }]) : '[]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const settings = (druid: string) => ({
  druid: { at: druid },
  kafka: { 'bootstrap.servers': kafka.bootstrapServers },
  address: 'http://127.0.0.1:8888',
  without: [],
});

test('another Druid, or another Kafka, does not become the one that it was promoted to', async (t) => {
  await using folder = await temporaryFolder();
  const observe = { metrics: createMetrics(), log: createLogger('silent') };
  const embedded = await openEmbedded({ ...observe, dataDirectory: folder.path, autoCreate: false });
  await embedded.define(dataSource);
  const promotions = new Promotions(embedded.store);
  const done = { dataSource: name, phase: 'done', task: undefined } as const;
  await promotions.write({ ...done, settings: JSON.stringify(settings('http://druid.test:8888')) });
  const before = await promotions.all();
  const backend = await openPromotable(embedded, { ...observe, ownSources: false });
  t.after(() => kafka.release());
  t.after(() => backend.close());
  const promote = (druid: string) =>
    backend.promotions.run(name, settings(druid), () => {}, new AbortController().signal);

  const empty = await druidWith(t, {});
  await assert.rejects(promote(empty), {
    code: 'conflict',
    message: `the Druid at ${empty} has neither segments of '${name}' nor a supervisor for it: it is not the one that it was promoted to. Nothing was changed; see --druid.`,
  });
  const stream = { origin: 'pushes', topics: { topic }, consumerProperties: {}, start: 'earliest' } as const;
  const other = await druidWith(t, { [name]: supervisorOf(dataSource, stream) });
  await assert.rejects(promote(other), {
    code: 'conflict',
    message: new RegExp(`^the Kafka at ${kafka.bootstrapServers} has no topic '${topic}'`),
  });
  assert.deepEqual(await promotions.all(), before);

  // Where it is, by whatever address, is asked from then on.
  const scribe = new Scribe(kafka.bootstrapServers);
  await scribe.createTopic(topic);
  await scribe.stop();
  await promote(other);
  const { chunks } = await backend.query({ queryType: 'scan', dataSource: name, intervals: '2026/2027' });
  assert.deepEqual(await parsedAnswer(chunks), [{ asked: '/druid/v2' }]);
});
