/** What clients do all the time while brokers are killed; each says how far it is, and keeps what happened for the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MillraceError } from '../../src/errors.ts';
import { Scratch } from '../../src/kafka/buffer-pool.ts';
import { decodeValues } from '../../src/kafka/decode.ts';
import {
  batchesOfLines,
  type Cluster,
  encodeBatch,
  type FetchedBatches,
  type Fetcher,
  type PartitionProblem,
  type PartitionValues,
  type Producer,
  parseGroup,
  type Share,
} from '../../src/kafka/index.ts';

export abstract class Work {
  readonly name: string;
  /** What broke it. */
  failure: unknown;
  readonly #stopping = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Grows while it goes on in every partition. */
  abstract get progress(): number;
  protected abstract run(signal: AbortSignal): Promise<void>;

  start(): this {
    this.#ended = this.run(this.#stopping.signal);
    this.#ended.catch((error) => {
      this.failure = error;
    });
    return this;
  }

  /** Rejects with what broke it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }
}

const linesInBatch = 2;
/** So many batches are sent at once, so that many are on their way when a broker is killed. */
const batchesInBurst = 20;
const pauseMs = 200;
const transactionBatches = 5;

/** Writes 0, 1, 2, … to each partition, without waiting for answers. */
export class Writing extends Work {
  readonly topic: string;
  readonly #producer: Pick<Producer, 'send'>;
  /** Batches, by partition. */
  readonly #acknowledged: number[];
  #next = 0;

  constructor(producer: Pick<Producer, 'send'>, topic: string, partitions: number) {
    super(`writing ${topic}`);
    this.topic = topic;
    this.#producer = producer;
    this.#acknowledged = Array.from({ length: partitions }, () => 0);
  }

  get progress(): number {
    return Math.min(...this.#acknowledged);
  }

  /** What each partition is to have in the end. */
  get lines(): string[] {
    return Array.from({ length: this.#next }, (_, i) => String(i));
  }

  protected async run(signal: AbortSignal): Promise<void> {
    const answers: Promise<void>[] = [];
    while (!signal.aborted) {
      // On a machine that is busy they would wait for too long, and be given up.
      const isFarAhead = this.#next / linesInBatch - this.progress > 10 * batchesInBurst;
      for (let batch = 0; batch < batchesInBurst && !isFarAhead; batch++) {
        const lines = Array.from({ length: linesInBatch }, (_, i) => `${this.#next + i}\n`).join('');
        this.#next += linesInBatch;
        for (const partition of this.#acknowledged.keys()) answers.push(this.#send(partition, Buffer.from(lines)));
      }
      await sleep(pauseMs);
    }
    await Promise.all(answers);
  }

  async #send(partition: number, lines: Buffer): Promise<void> {
    const layout = { partitions: undefined, codec: 'lz4', batchBytes: 100_000, timestamp: Date.now() } as const;
    const [batch] = batchesOfLines({ bodies: [lines], ...layout });
    await this.#producer.send(this.topic, partition, batch?.bytes as Buffer);
    (this.#acknowledged[partition] as number)++;
  }
}

/** Keeps all lines that come, by partition. */
export class Reading extends Work {
  readonly lines: string[][];
  readonly #fetcher: Fetcher<PartitionValues> | Fetcher<FetchedBatches>;
  readonly #scratch = new Scratch();

  constructor(name: string, fetcher: Fetcher<PartitionValues> | Fetcher<FetchedBatches>, partitions: number) {
    super(name);
    this.#fetcher = fetcher;
    this.lines = Array.from({ length: partitions }, () => []);
  }

  get progress(): number {
    return Math.min(...this.lines.map(({ length }) => length));
  }

  protected async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => void this.#fetcher.close());
    for await (const fetched of this.#fetcher) this.#take(fetched);
  }

  #take(fetched: PartitionValues | FetchedBatches | PartitionProblem): void {
    if (fetched.kind === 'problem') throw fetched.error;
    const lines = this.lines[fetched.partition] as string[];
    for (const values of fetched.kind === 'values' ? [fetched.values] : this.#valuesOf(fetched))
      lines.push(...Buffer.from(values).toString().split('\n').slice(0, -1));
    if (fetched.kind === 'batches') fetched.release();
  }

  *#valuesOf({ buffer, starts, firstOffset: offset }: FetchedBatches): Generator<Uint8Array> {
    for (const [i, start] of starts.entries()) {
      const batches = buffer.subarray(start, starts[i + 1]);
      yield decodeValues({ batches, offset, aborted: undefined, scratch: this.#scratch }).values;
    }
  }
}

/** One transaction after the other over all partitions; one that fails is aborted, and done anew. */
export class Transacting extends Work {
  readonly #topic: string;
  readonly #cluster: Cluster;
  readonly #partitions: number;
  #committed = 0;

  constructor(cluster: Cluster, topic: string, partitions: number) {
    super(`transactions in ${topic}`);
    this.#cluster = cluster;
    this.#topic = topic;
    this.#partitions = partitions;
  }

  get progress(): number {
    return this.#committed;
  }

  /** What each partition is to have in the end. */
  get lines(): string[] {
    return Array.from({ length: this.#committed }, (_, number) => linesOf(number)).flat();
  }

  protected async run(signal: AbortSignal): Promise<void> {
    await using producer = this.#cluster.transactional(this.#topic, { timeoutMs: 60_000 });
    await producer.init();
    while (!signal.aborted) {
      try {
        await Promise.all(
          linesOf(this.#committed).flatMap((line) =>
            Array.from({ length: this.#partitions }, (_, partition) =>
              producer.send(this.#topic, partition, batchOf(line)),
            ),
          ),
        );
        await producer.commit();
        this.#committed++;
      } catch (error) {
        // What is not known to have failed cannot be done anew.
        if ((error as MillraceError).context.mayBeCommitted) throw error;
        await producer.abort();
      }
      await sleep(pauseMs);
    }
  }
}

const linesOf = (transaction: number) =>
  Array.from({ length: transactionBatches }, (_, batch) => `${transaction} ${batch}`);
const batchOf = (line: string) => encodeBatch([{ value: Buffer.from(line) }], { timestamp: Date.now() });

/** A member of a group that commits 1, 2, 3, … for each of its partitions. */
export class Committing extends Work {
  /** How often it was given partitions, and which it has. */
  shares = 0;
  partitions: readonly number[] = [];
  readonly #cluster: Cluster;
  readonly #groupId: string;
  readonly #topic: string;
  #offset = 0;

  constructor(cluster: Cluster, groupId: string, topic: string) {
    super(`a member of ${groupId}`);
    this.#cluster = cluster;
    this.#groupId = groupId;
    this.#topic = topic;
  }

  /** The last that was committed. */
  get progress(): number {
    return this.#offset;
  }

  protected async run(signal: AbortSignal): Promise<void> {
    const group = this.#cluster.group({
      // Longer than it takes to find another coordinator.
      settings: parseGroup({ 'group.id': this.#groupId, 'session.timeout.ms': 30_000 }),
      topics: [this.#topic],
      onTrouble: () => {},
    });
    for await (const share of group.generations(signal)) {
      this.shares++;
      this.partitions = share.partitions.map(({ partition }) => partition);
      while (!share.revoked.aborted) await this.#commit(share);
    }
  }

  async #commit(share: Share): Promise<void> {
    const offset = this.#offset + 1;
    try {
      await share.commit(share.partitions.map((one) => ({ ...one, offset })));
      this.#offset = offset;
    } catch (error) {
      // The group shares out anew.
      if ((error as MillraceError).code !== 'conflict') throw error;
    }
    await sleep(pauseMs);
  }
}
