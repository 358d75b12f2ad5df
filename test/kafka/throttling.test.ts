/** Clients that are over their quotas: a broker answers, says for how long it wants to be left alone, and reads nothing of them until then. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { parseConfig } from '../../src/kafka/config.ts';
import { Connections } from '../../src/kafka/connections.ts';
import { fetch } from '../../src/kafka/fetch.ts';
import { Fetcher } from '../../src/kafka/fetcher.ts';
import { type Cluster, encodeBatch, openCluster, readToEnd } from '../../src/kafka/index.ts';
import { produce } from '../../src/kafka/produce.ts';
import { Producer } from '../../src/kafka/producer.ts';
import { valuesReader } from '../../src/kafka/values-reader.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { FlakyRelay } from '../services/kafka/flaky-relay.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { settled } from '../support/supervised.ts';

// A rate is that of the last second, or two.
const broker = await KafkaBroker.start({ properties: { 'quota.window.num': 2 } });
const scribe = new Scribe(broker.bootstrapServers);
after(async () => {
  await scribe.stop();
  await broker.stop();
});
const address = { host: '127.0.0.1', port: broker.port };

/** Who writes 250,000 bytes at a time, and may write 100,000 a second, waits for 1.5 s and more after each. */
const writtenBytes = 250_000;
const producerQuota = 100_000;
/** An answer that is larger than what may be read in a second would never come. */
const readBytes = 40_000;
const consumerQuota = 50_000;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));
const batchOf = (number: string) =>
  encodeBatch([{ value: Buffer.from(number.padEnd(writtenBytes)) }], { timestamp: Date.now() });
const numbersIn = (values: Uint8Array) => Buffer.from(values).toString().split(/ *\n/).slice(0, -1);

/** Of this `client.id`; with a timeout shorter than what four batches take. */
function throttled(clientId: string) {
  const timeouts = { 'request.timeout.ms': 2000, 'fetch.max.wait.ms': 100, 'delivery.timeout.ms': 60_000 };
  const properties = { 'bootstrap.servers': broker.bootstrapServers, 'client.id': clientId, ...timeouts };
  const config = parseConfig(properties);
  return { config, cluster: openCluster(properties), connections: () => new Connections(clientId, config.connection) };
}

async function valuesIn(cluster: Cluster, topic: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const read of readToEnd(cluster, [{ topic, partition: 0 }])) lines.push(...numbersIn(read.values));
  return lines;
}

describe('over a quota', { concurrency: true }, () => {
  test('a producer writes at the rate of its quota, and no request of its is given up', {
    concurrency: true,
  }, async () => {
    const [topic, sent] = ['written', numbers(4)];
    await scribe.createTopic(topic);
    await scribe.limitClient(topic, { producer_byte_rate: producerQuota });
    const { cluster, config, connections } = throttled(topic);
    await using relay = await openRelay();
    const viaRelay = {
      metadata: async (topics: readonly string[]) => {
        const metadata = await cluster.metadata(topics);
        return { ...metadata, brokers: new Map([...metadata.brokers.keys()].map((id) => [id, relay.address])) };
      },
      producerIdentity: () => cluster.producerIdentity(),
    };
    const producer = new Producer(viaRelay, connections(), config.produce);
    const offsets = await Promise.all(sent.map((value) => producer.send(topic, 0, batchOf(value))));
    assert.deepEqual(offsets, [0, 1, 2, 3]);
    assert.equal(relay.opened, 1);
    await producer.close();
    const direct = connections();
    const over = await produce(await direct.to(address), [{ topic, partition: 0, batch: batchOf('4') }], {});
    assert.ok(over.throttleTimeMs > 0, 'the broker throttles nobody');
    assert.deepEqual((await valuesIn(cluster, topic)).slice(0, 4), sent);
    await direct.close();
    await cluster.close();
  });

  test('a transaction at the rate of its quota is committed', async () => {
    const [topic, sent] = ['transactional', numbers(4)];
    await scribe.createTopic(topic);
    await scribe.limitClient(topic, { producer_byte_rate: producerQuota });
    await using cluster = throttled(topic).cluster;
    const producer = cluster.transactional(topic, { timeoutMs: 60_000 });
    await producer.init();
    await Promise.all(sent.map((value) => producer.send(topic, 0, batchOf(value))));
    await producer.commit();
    // The marks of its end are written after the answer to it.
    await settled(async () => assert.deepEqual(await valuesIn(cluster, topic), sent));
  });

  test('a fetcher reads at the rate of its quota, and keeps its broker', async () => {
    const [topic, sent] = ['read', numbers(6)];
    await scribe.createTopic(topic);
    await scribe.openProducer(topic, { 'batch.size': 1000 });
    for (const value of sent) await scribe.send(topic, topic, value.padEnd(readBytes));
    await scribe.flush(topic);
    await scribe.limitClient(topic, { consumer_byte_rate: consumerQuota });
    const { cluster, config, connections } = throttled(topic);
    const direct = connections();
    const asked = { topic, topicId: undefined, partition: 0, offset: 0, leaderEpoch: -1, lastFetchedEpoch: -1 };
    for (let throttleTimeMs = 0, tries = 0; throttleTimeMs === 0; tries++) {
      assert.ok(tries < 10, 'the broker throttles nobody');
      ({ throttleTimeMs } = await fetch(await direct.to(address), { ...config.fetch, partitions: [asked] }));
    }
    await direct.close();
    let lookups = 0;
    const counted = {
      metadata: (topics: readonly string[]) => {
        lookups++;
        return cluster.metadata(topics);
      },
      listOffsets: cluster.listOffsets.bind(cluster),
    };
    await using fetcher = new Fetcher(counted, connections(), config.fetch, valuesReader(config.fetch));
    fetcher.assign([{ topic, partition: 0, offset: 0 }]);
    const read: string[] = [];
    for await (const fetched of fetcher) {
      if (fetched.kind === 'problem') throw fetched.error;
      read.push(...numbersIn(fetched.values));
      if (read.length === sent.length) break;
    }
    assert.deepEqual(read, sent);
    assert.equal(lookups, 1);
    await cluster.close();
  });
});

async function openRelay() {
  const relay = await FlakyRelay.open(address, () => false);
  return Object.assign(relay, { [Symbol.asyncDispose]: () => relay.close() });
}
