import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { batchesOfLines, openCluster } from '../../src/kafka/index.ts';
import { readToEnd } from '../kafka/fetching.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { Scribe } from '../services/kafka/scribe.ts';

const broker = await KafkaBroker.start({ isKilledOften: true });
after(() => broker.stop());
const scribe = new Scribe(broker.bootstrapServers);
await scribe.createTopic('writes', 2);
await scribe.stop();

const partitions = [0, 1];
const linesInBatch = 50;

interface Written {
  /** In the order of sending; true: acknowledged. */
  readonly batches: { readonly first: number; isAcknowledged: boolean }[];
}

/** Writes numbers to each partition, batch after batch without waiting, until the signal; settles when all have their answers. */
async function write(
  deliveryTimeoutMs: number,
  prefix: string,
  signal: AbortSignal,
  maxInFlight = 5,
): Promise<Written[]> {
  const properties = { 'bootstrap.servers': broker.bootstrapServers, 'delivery.timeout.ms': deliveryTimeoutMs };
  await using cluster = openCluster(properties);
  const producer = cluster.producer({ maxInFlight });
  const written: Written[] = partitions.map(() => ({ batches: [] }));
  const answers: Promise<void>[] = [];
  for (let next = 0; !signal.aborted; next += linesInBatch) {
    const lines = Array.from({ length: linesInBatch }, (_, i) => `${prefix}${next + i}\n`).join('');
    for (const partition of partitions) {
      const [batch] = batchesOfLines({
        bodies: [Buffer.from(lines)],
        partitions: undefined,
        codec: 'none',
        batchBytes: 100_000,
        timestamp: Date.now(),
      });
      const one = { first: next, isAcknowledged: false };
      written[partition]?.batches.push(one);
      const sent = producer.send('writes', partition, batch?.bytes as Buffer);
      const acknowledged = () => {
        one.isAcknowledged = true;
      };
      answers.push(sent.then(acknowledged, (error) => assert.equal(error.code, 'unavailable')));
    }
    await sleep(2);
  }
  await Promise.all(answers);
  return written;
}

/** Kills the broker in the middle of writing, and starts it again. */
async function writeThroughKill(deliveryTimeoutMs: number, prefix: string, maxInFlight?: number): Promise<Written[]> {
  const stop = new AbortController();
  const writing = write(deliveryTimeoutMs, prefix, stop.signal, maxInFlight);
  await sleep(700);
  await broker.kill();
  await broker.restart();
  await sleep(700);
  stop.abort();
  return writing;
}

async function valuesIn(partition: number, prefix: string): Promise<number[]> {
  await using cluster = openCluster({ 'bootstrap.servers': broker.bootstrapServers });
  const { lines } = await readToEnd(cluster, [{ topic: 'writes', partition, offset: 0 }]);
  return lines.filter((line) => line.startsWith(prefix)).map((line) => Number(line.slice(prefix.length)));
}

const numbersOf = ({ first }: { readonly first: number }) => Array.from({ length: linesInBatch }, (_, i) => first + i);

for (const maxInFlight of [5, 100]) {
  test(`a broker that is killed and comes back in time has each event once, in order; ${maxInFlight} requests at a time`, async () => {
    const prefix = `${maxInFlight} at a time `;
    const written = await writeThroughKill(60_000, prefix, maxInFlight);
    for (const partition of partitions) {
      const { batches } = written[partition] as Written;
      assert.ok(batches.every(({ isAcknowledged }) => isAcknowledged));
      assert.deepEqual(await valuesIn(partition, prefix), batches.flatMap(numbersOf));
    }
  });
}

test('what is given up while a broker is away is there once at most, what was acknowledged exactly once', async () => {
  const written = await writeThroughKill(600, 'given-up ');
  for (const partition of partitions) {
    const { batches } = written[partition] as Written;
    const values = await valuesIn(partition, 'given-up ');
    assert.equal(new Set(values).size, values.length, 'something is there twice');
    assert.ok(
      batches.some(({ isAcknowledged }) => !isAcknowledged),
      'nothing was given up',
    );
    const acknowledged = batches.filter(({ isAcknowledged }) => isAcknowledged).flatMap(numbersOf);
    const given = new Set(acknowledged);
    assert.deepEqual(
      values.filter((value) => given.has(value)),
      acknowledged,
    );
  }
});
