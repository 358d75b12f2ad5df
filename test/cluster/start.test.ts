/** How a cluster backend starts where not all of the cluster is there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openCluster } from '../../src/cluster/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { freePort, spawnMillrace } from '../services/millrace.ts';
import { sharedKafka } from '../services/on-demand.ts';
import { answerProbe } from '../support/druid-probes.ts';

const open = (at: string, kafka: string, startPatienceMs: number) =>
  openCluster({
    druid: { at },
    kafka: { 'bootstrap.servers': kafka },
    autoCreate: true,
    metrics: createMetrics(),
    log: createLogger('silent'),
    startPatienceMs,
  });

async function listenAt(t: TestContext, port: number, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(port, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('where nothing is, all that was tried is told', async () => {
  const [druid, kafka] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  await assert.rejects(open(`http://ann:secret@${druid}`, kafka, 0), ({ code, message }) => {
    assert.equal(code, 'unavailable');
    for (const part of [`http://${druid}`, `Kafka at ${kafka}`]) assert.ok(message.includes(part), message);
    assert.doesNotMatch(message, /secret/);
    return true;
  });
});

test('a refused login does not get better by waiting', async (t) => {
  let requests = 0;
  const url = await listenAt(t, 0, (_request, response) => {
    requests++;
    response.writeHead(401).end();
  });
  const kafka = await sharedKafka();
  t.after(() => kafka.release());
  await assert.rejects(open(url.replace('//', '//ann:wrong@'), kafka.bootstrapServers, 600_000), {
    code: 'unauthorized',
  });
  assert.ok(requests <= 2, `${requests} requests`);
});

test('one that is only starting is waited for', async (t) => {
  const kafka = await sharedKafka();
  t.after(() => kafka.release());
  const port = await freePort();
  const opening = open(`http://127.0.0.1:${port}`, kafka.bootstrapServers, 600_000);
  // Not before it has been looked for.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await listenAt(t, port, answerProbe);
  const backend = await opening;
  assert.deepEqual(await backend.health(), { healthy: true, pendingBytes: 0 });
  await backend.close();
});

/** A Druid that is asked about supervisors and does not answer, as an overlord that is stopping its tasks. */
async function silent(t: TestContext): Promise<{ readonly url: string; readonly asked: Promise<void> }> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const url = await listenAt(t, 0, (request, response) => {
    if (!answerProbe(request, response)) resolve();
  });
  return { url, asked };
}

test('what Druid has not answered yet is not waited for when all is closed', async (t) => {
  const kafka = await sharedKafka();
  t.after(() => kafka.release());
  const { url, asked } = await silent(t);
  const backend = await open(url, kafka.bootstrapServers, 600_000);
  const schema = { dataSource: 's-hanging', timestampSpec: { column: 't' }, dimensionsSpec: {} };
  const defining = assert.rejects(backend.define(readDataSource(schema)), {
    code: 'cancelled',
    message: "defining 's-hanging' was given up",
  });
  await asked;
  await backend.close();
  await defining;
});

test('a start that Druid holds up hears Ctrl-C', async (t) => {
  const kafka = await sharedKafka();
  t.after(() => kafka.release());
  const samples = fileURLToPath(new URL('../fixtures/samples/', import.meta.url));
  for (const command of [
    ['server', '-configFile', `${samples}tranquility-server.json`],
    ['kafka', '-configFile', `${samples}tranquility-kafka.json`],
    ['realtime', `${samples}wikipedia.spec`],
  ]) {
    const { url, asked } = await silent(t);
    const more = ['--druid', url, '--kafka', kafka.bootstrapServers];
    const millrace = spawnMillrace({ command: [...command, ...more], port: await freePort() });
    t.after(() => millrace.stop('SIGKILL'));
    await asked;
    assert.equal(await millrace.stop('SIGINT'), 0, `${command[0]}: ${millrace.output()}`);
  }
});
