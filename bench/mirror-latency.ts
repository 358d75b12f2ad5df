/** How long a record takes from produce to a read_committed reader at the target, at 1,000 records a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeBatch, openCluster } from '../src/kafka/index.ts';
import { type MirrorClusters, partitions } from './mirror-clusters.ts';
import type { Mirror } from './mirrors.ts';

export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const recordsPerBatch = 10;
const msPerBatch = 10;
/** Until the mirror is up: it is not to begin with a backlog. */
const msPerProbe = 200;
const valueBytes = 147;
/** After the first record has come: the mirror and Java's compiler get into their stride. */
const warmUpMs = 5_000;
const measuredMs = 10_000;
const startDeadlineMs = 120_000;

export async function measureMirrorLatency(mirror: Mirror, clusters: MirrorClusters): Promise<Latencies> {
  const topic = 'paced';
  await clusters.createBoth(topic);
  const process = mirror.start({ source: clusters.source, target: clusters.target, topic, codec: 'none' });
  await using source = openCluster({ 'bootstrap.servers': clusters.source });
  await using target = openCluster({ 'bootstrap.servers': clusters.target });
  const assignments = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 }));
  const fetcher = target.fetch(assignments);
  const producer = source.producer();
  const pace = new Pace((partition, batch) => producer.send(topic, partition, batch));
  try {
    const reading = (async () => {
      for await (const fetched of fetcher) {
        if (fetched.kind === 'problem') throw fetched.error;
        pace.arrived(fetched.values);
      }
    })();
    const measuring = (async () => {
      for (const start = performance.now(); pace.latencies.length === 0; await sleep(20)) {
        if (process.hasEnded) throw new Error('the mirror ended');
        if (performance.now() - start > startDeadlineMs) throw new Error('no record came');
      }
      pace.run();
      await sleep(warmUpMs);
      pace.latencies.length = 0;
      await sleep(measuredMs);
    })();
    await Promise.race([reading, measuring, pace.failed]);
  } catch (error) {
    throw new Error(`${mirror.name}, latency: it wrote\n${process.output}`, { cause: error });
  } finally {
    pace.stop();
    await fetcher.close();
    await process.stop();
    await clusters.deleteBoth(topic);
  }
  const sorted = pace.latencies.sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.floor(sorted.length * q)] as number;
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

/** Batches in even steps, and when each record was seen again. */
class Pace {
  /** Milliseconds, one for each record. */
  readonly latencies: number[] = [];
  readonly failed: Promise<never>;
  readonly #fail: (error: unknown) => void;
  readonly #send: (partition: number, batch: Buffer) => Promise<unknown>;
  #timer: NodeJS.Timeout;
  #sent = 0;

  constructor(send: (partition: number, batch: Buffer) => Promise<unknown>) {
    const failure = Promise.withResolvers<never>();
    this.failed = failure.promise;
    this.#fail = failure.reject;
    this.#send = send;
    this.#timer = setInterval(() => this.#sendNext(), msPerProbe);
  }

  /** At the full pace, from now on. */
  run(): void {
    clearInterval(this.#timer);
    const [startMs, before] = [performance.now(), this.#sent];
    this.#timer = setInterval(() => {
      // A timer that comes late makes up for it.
      while (this.#sent - before < (performance.now() - startMs) / msPerBatch) this.#sendNext();
    }, 1);
  }

  /** @param lines of records: each begins with the time at which it was sent. */
  arrived(values: Uint8Array): void {
    const nowMs = performance.now();
    const lines = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    for (let at = 0; at < lines.length; at += valueBytes + 1) {
      const comma = lines.indexOf(44, at);
      this.latencies.push(nowMs - Number(lines.toString('latin1', at, comma)));
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sendNext(): void {
    this.#send(this.#sent++ % partitions, newBatch()).catch(this.#fail);
  }
}

function newBatch(): Buffer {
  const value = Buffer.from(`${performance.now()},`.padEnd(valueBytes, 'x'));
  return encodeBatch(
    Array.from({ length: recordsPerBatch }, () => ({ value })),
    { timestamp: Date.now() },
  );
}
