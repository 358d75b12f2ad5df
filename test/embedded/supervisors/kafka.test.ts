/** Supervisors over HTTP in a process of their own, reading from a real broker what Kafka's own clients write. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';
import { freePort, type MillraceProcess, startMillrace } from '../../services/millrace.ts';
import { eternity } from '../../support/backend.ts';
import { temporaryFolder } from '../../support/engine.ts';
import { kafkaSpec, type Payload, settled } from '../../support/supervised.ts';

let broker: KafkaBroker;
let scribe: Scribe;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let millrace: MillraceProcess;

before(async () => {
  broker = await KafkaBroker.start();
  scribe = new Scribe(broker.bootstrapServers);
  await scribe.openProducer('plain');
  folder = await temporaryFolder();
  await start();
});

after(async () => {
  await millrace?.stop();
  await folder?.[Symbol.asyncDispose]();
  await scribe?.stop();
  await broker?.stop();
});

async function start(): Promise<void> {
  millrace = await startMillrace({ command: ['serve'], port: await freePort(), data: folder.path });
}

const sample = (name: string) => readFileSync(new URL(`../../fixtures/samples/${name}`, import.meta.url), 'utf8');

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: text };
  const response = await fetch(`${millrace.url}${path}`, body === undefined ? {} : options);
  const answer = await response.text();
  assert.equal(response.status, 200, answer);
  return JSON.parse(answer) as T;
}

const supervisors = '/druid/indexer/v1/supervisor';

/** Events as `time,page,n`, since the scribe's `fill` puts a number at the end; all of the topic, into a dataSource of its name. */
function submit(topic: string, io = {}): Promise<unknown> {
  const consumerProperties = { 'bootstrap.servers': broker.bootstrapServers };
  const inputFormat = { type: 'csv', columns: ['time', 'page', 'n'] };
  return ask(
    supervisors,
    kafkaSpec({ schema: { dataSource: topic }, io: { topic, consumerProperties, inputFormat, ...io } }),
  );
}

const event = (n: number) => `2026-06-01T00:00:00Z,p,${n}`;
const prefix = event(0).slice(0, -1);

const status = async (id: string) => (await ask<{ payload: Payload }>(`${supervisors}/${id}/status`)).payload;

const reachesState = (id: string, detailedState: string) =>
  settled(async () => assert.equal((await status(id)).detailedState, detailedState, JSON.stringify(await status(id))));

async function counted(dataSource: string): Promise<{ readonly events: number; readonly n: number }> {
  const [bucket] = await ask<{ result: { events: number; n: number } }[]>('/druid/v2', {
    queryType: 'timeseries',
    dataSource,
    granularity: 'all',
    intervals: eternity,
    aggregations: [
      { type: 'longSum', name: 'events', fieldName: 'events' },
      { type: 'longSum', name: 'n', fieldName: 'n' },
    ],
  });
  return bucket?.result ?? { events: 0, n: 0 };
}

const reads = (topic: string, events: number, n: number) =>
  settled(async () => assert.deepEqual(await counted(topic), { events, n }, JSON.stringify(await status(topic))));

/** Sends these numbers to a partition, and waits for the broker. */
async function write(topic: string, numbers: readonly number[], partition = 0): Promise<void> {
  for (const n of numbers) await scribe.send('plain', topic, event(n), { partition });
  await scribe.flush('plain');
}

test("the sample as it is: the topic comes with the console producer's events, and the sample's query finds them", async () => {
  const spec = sample('metrics-kafka.fixed.json').replace('localhost:9092', broker.bootstrapServers);
  assert.deepEqual(await ask(supervisors, spec), { id: 'metrics-kafka' });
  // The sample leaves its first look to be five seconds after it is submitted.
  await reachesState('metrics-kafka', 'UNABLE_TO_CONNECT_TO_STREAM');
  assert.match((await status('metrics-kafka')).recentErrors[0]?.message ?? '', /there is no topic 'metrics' yet/);
  const producer = ['--bootstrap-server', broker.bootstrapServers, '--topic', 'metrics'];
  await kafkaTool('org.apache.kafka.tools.ConsoleProducer', producer, sample('metrics-events.ndjson'));
  await settled(async () => {
    const [bucket] = await ask<{ result: unknown }[]>('/druid/v2', sample('metrics-search.json'));
    assert.deepEqual(bucket?.result, [{ dimension: 'user', value: 'bob', count: 2 }]);
  });
});

test('of a transactional writer only what it committed is kept', async () => {
  await scribe.createTopic('ledger');
  await scribe.openProducer('transactional', { 'transactional.id': 'ledger' });
  await submit('ledger');
  for (let round = 1; round <= 12; round++) {
    await scribe.begin('transactional');
    for (let i = 0; i < 5; i++) await scribe.send('transactional', 'ledger', event(round));
    await scribe.flush('transactional');
    await (round % 3 === 0 ? scribe.commit('transactional') : scribe.abort('transactional'));
  }
  // Rounds 3, 6, 9 and 12, of five events each.
  await reads('ledger', 20, 5 * (3 + 6 + 9 + 12));
  await settled(async () => assert.equal((await status('ledger')).aggregateLag, 0));
  // Twelve times five records and a marker.
  assert.deepEqual((await status('ledger')).activeTasks[0]?.currentOffsets, { 0: 72 });
});

test('suspended it reads nothing, resumed it reads on; partitions that are added are read from their beginning', async () => {
  await scribe.createTopic('growing');
  await write('growing', [1, 2]);
  await submit('growing', { taskCount: 2 });
  await reads('growing', 2, 3);
  await ask(`${supervisors}/growing/suspend`, '');
  await scribe.addPartitions('growing', 3);
  await write('growing', [10]);
  await write('growing', [100, 200], 2);
  await reachesState('growing', 'SUSPENDED');
  assert.deepEqual(await counted('growing'), { events: 2, n: 3 });
  await ask(`${supervisors}/growing/resume`, '');
  await reads('growing', 5, 313);
  await scribe.addPartitions('growing', 4);
  await write('growing', [1000], 3);
  await reads('growing', 6, 1313);
});

test('records that are removed unread are told, and skipped only when somebody says so', async () => {
  await scribe.createTopic('short');
  await write('short', [1]);
  await submit('short');
  await reads('short', 1, 1);
  await ask(`${supervisors}/short/suspend`, '');
  await write('short', [2, 3, 4]);
  await scribe.deleteRecords('short', 0, 3);
  await ask(`${supervisors}/short/resume`, '');
  await reachesState('short', 'UNHEALTHY_SUPERVISOR');
  assert.match(
    (await status('short')).recentErrors[0]?.message ?? '',
    /short\/0 is to be read on at 1, but the stream has 3 to 4: 2 records were removed/,
  );
  assert.deepEqual(await counted('short'), { events: 1, n: 1 });
  const partitions = { type: 'end', stream: 'short', partitionOffsetMap: { 0: 3 } };
  await ask(`${supervisors}/short/resetOffsets`, { type: 'kafka', partitions });
  await reads('short', 2, 5);
});

test('a topic that is deleted and made anew while nobody reads is not taken for the old one, however far it has grown', async () => {
  await scribe.createTopic('anew');
  await write('anew', [1, 2]);
  await submit('anew');
  await reads('anew', 2, 3);
  await millrace.stop();
  await scribe.deleteTopic('anew');
  await scribe.createTopic('anew');
  await write('anew', [10, 20, 30, 40, 50]);
  await start();
  await reachesState('anew', 'UNHEALTHY_SUPERVISOR');
  assert.match(
    (await status('anew')).recentErrors[0]?.message ?? '',
    /anew\/0 is to be read on at 2, but the stream has 0 to 5: it was made anew/,
  );
  assert.deepEqual(await counted('anew'), { events: 2, n: 3 });
  await ask(`${supervisors}/anew/reset`, '');
  await reads('anew', 7, 153);
});

test('a broker that is gone is told, and read on from when it is back', async () => {
  await scribe.createTopic('sturdy');
  await write('sturdy', [1, 2, 3]);
  await submit('sturdy');
  await reads('sturdy', 3, 6);
  await broker.kill();
  await reachesState('sturdy', 'LOST_CONTACT_WITH_STREAM');
  await broker.restart();
  await write('sturdy', [4]);
  await reads('sturdy', 4, 10);
});

test('where no broker listens: UNABLE_TO_CONNECT_TO_STREAM, and what was tried', async () => {
  const port = await freePort();
  await submit('unheard', { consumerProperties: { 'bootstrap.servers': `127.0.0.1:${port}` } });
  await reachesState('unheard', 'UNABLE_TO_CONNECT_TO_STREAM');
  const [{ message, streamException } = { message: '', streamException: false }] = (await status('unheard'))
    .recentErrors;
  assert.match(message, new RegExp(`Kafka at 127\\.0\\.0\\.1:${port} cannot be used: connect ECONNREFUSED`));
  assert.equal(streamException, true);
  await ask(`${supervisors}/unheard/terminate`, '');
});

test('kill -9 of millrace while it reads and a producer writes, three times: each record is there once', async () => {
  const perFill = 50_000;
  await scribe.createTopic('killed', 2);
  await submit('killed', { taskCount: 2 });
  for (let round = 0; round < 3; round++) {
    const { events } = await counted('killed');
    const filling = [0, 1].map((partition) => scribe.fill('plain', 'killed', perFill, prefix, partition));
    await settled(async () => assert.ok((await counted('killed')).events > events));
    await millrace.stop('SIGKILL');
    await Promise.all(filling);
    await start();
  }
  await scribe.flush('plain');
  await reads('killed', 6 * perFill, (6 * perFill * (perFill - 1)) / 2);
});
