/** A replayable log in memory: a second implementation of the contract Stream, beside Kafka's. */
import { EventEmitter, once } from 'node:events';
import { MillraceError } from '../../src/errors.ts';
import type { LostPosition, PartitionName, Stream, StreamBatch } from '../../src/sources/stream.ts';

interface Partition {
  /** The position of the first value. */
  earliest: bigint;
  values: string[];
}

const end = ({ earliest, values }: Partition): bigint => earliest + BigInt(values.length);

/** Records of one batch and partition at most, so that a few thousand are several batches. */
const maxRecords = 500;

export class MemoryLog {
  readonly #partitions = new Map<PartitionName, Partition>();
  readonly #changed = new EventEmitter().setMaxListeners(0);
  /** What all questions fail with, like a broker that is gone. */
  #failure: MillraceError | undefined;
  /** How many streams are open. */
  open = 0;

  constructor(...partitions: readonly PartitionName[]) {
    for (const partition of partitions) this.#partitions.set(partition, { earliest: 0n, values: [] });
  }

  append(partition: PartitionName, ...events: readonly (object | string)[]): void {
    const values = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
    const known = this.#partitions.get(partition) ?? { earliest: 0n, values: [] };
    this.#partitions.set(partition, { ...known, values: [...known.values, ...values] });
    this.#changed.emit('change');
  }

  /** As retention does: values before the position go. */
  removeBefore(partition: PartitionName, position: bigint): void {
    const { earliest, values } = this.#of(partition);
    this.#partitions.set(partition, { earliest: position, values: values.slice(Number(position - earliest)) });
    this.#changed.emit('change');
  }

  /** As when a topic is made anew. */
  recreate(partition: PartitionName): void {
    this.#partitions.set(partition, { earliest: 0n, values: [] });
    this.#changed.emit('change');
  }

  fail(message: string | undefined): void {
    this.#failure = message === undefined ? undefined : new MillraceError('unavailable', message);
    this.#changed.emit('change');
  }

  stream(): Stream {
    this.open++;
    return {
      partitions: async () => {
        this.#requireAnswer();
        return [...this.#partitions.keys()].sort();
      },
      offsets: async (which, partitions) => {
        this.#requireAnswer();
        return new Map(
          partitions.map((name) => [name, which === 'earliest' ? this.#of(name).earliest : end(this.#of(name))]),
        );
      },
      read: (from, signal) => this.#read(from, signal),
      close: async () => {
        this.open--;
      },
    };
  }

  async *#read(from: ReadonlyMap<PartitionName, bigint>, signal: AbortSignal): AsyncGenerator<StreamBatch, void, void> {
    const positions = new Map(from);
    while (!signal.aborted) {
      this.#requireAnswer();
      this.#requirePositions(positions);
      const batch = this.#next(positions);
      if (batch) yield batch;
      else await once(this.#changed, 'change', { signal }).catch(() => {});
    }
  }

  #next(positions: Map<PartitionName, bigint>): StreamBatch | undefined {
    const progress = new Map<PartitionName, { from: bigint; to: bigint }>();
    const lines: string[] = [];
    for (const [name, position] of positions) {
      const { earliest, values } = this.#of(name);
      const start = Number(position - earliest);
      const found = values.slice(start, start + maxRecords);
      if (found.length === 0) continue;
      lines.push(...found);
      progress.set(name, { from: position, to: position + BigInt(found.length) });
    }
    if (lines.length === 0) return undefined;
    for (const [name, { to }] of progress) positions.set(name, to);
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const latest = new Map([...progress.keys()].map((name) => [name, end(this.#of(name))]));
    return { lines: text, records: lines.length, bytes: text.byteLength - lines.length, progress, latest };
  }

  #requireAnswer(): void {
    if (this.#failure) throw this.#failure;
  }

  #requirePositions(positions: ReadonlyMap<PartitionName, bigint>): void {
    const lost = [...positions].flatMap(([partition, wanted]): LostPosition[] => {
      const { earliest } = this.#of(partition);
      const latest = end(this.#of(partition));
      return wanted < earliest || wanted > latest ? [{ partition, wanted, earliest, latest }] : [];
    });
    if (lost.length > 0) throw new MillraceError('positionLost', 'positions are lost', { context: { lost } });
  }

  #of(partition: PartitionName): Partition {
    const known = this.#partitions.get(partition);
    if (known) return known;
    throw new MillraceError('unavailable', `there is no partition ${partition}`);
  }
}
