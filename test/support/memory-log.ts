/** A replayable log in memory: a second implementation of the contract Stream, beside Kafka's. */
import { EventEmitter, once } from 'node:events';
import { MillraceError } from '../../src/errors.ts';
import type {
  BatchStep,
  LostPosition,
  Origin,
  PartitionName,
  PartitionProgress,
  Stream,
  StreamBatch,
} from '../../src/sources/stream.ts';

interface Partition {
  /** The position of the first value. */
  readonly earliest: bigint;
  readonly values: readonly Value[];
  /** How often it was made anew. */
  readonly generation: number;
  /** How often it was cut off. */
  readonly epoch: number;
}

interface Value {
  readonly text: string;
  /** The partition's when it was appended. */
  readonly epoch: number;
}

const empty: Partition = { earliest: 0n, values: [], generation: 0, epoch: 0 };

const end = ({ earliest, values }: Partition): bigint => earliest + BigInt(values.length);

/** Of the value before the position, as far as there is one. */
function originAt({ earliest, values, generation }: Partition, position: bigint): Origin {
  const epoch = values[Number(position - earliest) - 1]?.epoch;
  return epoch === undefined ? `${generation}` : `${generation}/${epoch}`;
}

/** Why a position that was kept with this origin is none of this log. */
function causeOfLoss(partition: Partition, position: bigint, kept = originAt(partition, position)) {
  const now = originAt(partition, position);
  const [[generation, epoch], [generationNow, epochNow]] = [kept.split('/'), now.split('/')];
  if (generation !== generationNow) return 'madeAnew';
  if (position < partition.earliest) return 'removed';
  const isOther = epoch !== undefined && epochNow !== undefined && epoch !== epochNow;
  return position > end(partition) || isOther ? 'cutOff' : undefined;
}

/** Records of one batch and partition at most, so that a few thousand are several batches. */
const maxRecords = 500;

/** Of one step of a batch. */
const stepRecords = 20;

export class MemoryLog {
  readonly #partitions = new Map<PartitionName, Partition>();
  readonly #changed = new EventEmitter().setMaxListeners(0);
  /** What all questions fail with, like a broker that is gone. */
  #failure: MillraceError | undefined;
  /** How many streams are open. */
  open = 0;

  constructor(...partitions: readonly PartitionName[]) {
    for (const partition of partitions) this.#partitions.set(partition, empty);
  }

  append(partition: PartitionName, ...events: readonly (object | string)[]): void {
    const known = this.#partitions.get(partition) ?? empty;
    const { epoch } = known;
    const values = events.map((event) => ({ text: typeof event === 'string' ? event : JSON.stringify(event), epoch }));
    this.#set(partition, { ...known, values: [...known.values, ...values] });
  }

  /** As retention does: values before the position go. */
  removeBefore(partition: PartitionName, position: bigint): void {
    const known = this.#of(partition);
    const values = known.values.slice(Number(position - known.earliest));
    this.#set(partition, { ...known, earliest: position, values });
  }

  /** As an unclean election does: values from the position on go, and what is appended next takes their positions. */
  cutOff(partition: PartitionName, position: bigint): void {
    const known = this.#of(partition);
    const values = known.values.slice(0, Number(position - known.earliest));
    this.#set(partition, { ...known, values, epoch: known.epoch + 1 });
  }

  /** As when a topic is made anew. */
  recreate(partition: PartitionName): void {
    this.#set(partition, { ...empty, generation: this.#of(partition).generation + 1 });
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
      origins: () => new Map([...this.#partitions].map(([name, { generation }]) => [name, `${generation}`])),
      read: (from, signal, origins = new Map()) => this.#read(from, signal, origins),
      close: async () => {
        this.open--;
      },
    };
  }

  async *#read(
    from: ReadonlyMap<PartitionName, bigint>,
    signal: AbortSignal,
    kept: ReadonlyMap<PartitionName, Origin>,
  ): AsyncGenerator<StreamBatch, void, void> {
    const positions = new Map(from);
    const origins = new Map(kept);
    while (!signal.aborted) {
      this.#requireAnswer();
      this.#requirePositions(positions, origins);
      const batch = this.#next(positions);
      for (const [name, { origin }] of batch?.progress ?? []) if (origin !== undefined) origins.set(name, origin);
      if (batch) yield batch;
      else await once(this.#changed, 'change', { signal }).catch(() => {});
    }
  }

  #next(positions: Map<PartitionName, bigint>): StreamBatch | undefined {
    const progress = new Map<PartitionName, PartitionProgress>();
    const steps: BatchStep[] = [];
    const lines: string[] = [];
    for (const [name, position] of positions) {
      const partition = this.#of(name);
      const start = Number(position - partition.earliest);
      const found = partition.values.slice(start, start + maxRecords);
      for (let at = 0; at < found.length; at += stepRecords) {
        const text = found.slice(at, at + stepRecords).map((value) => `${value.text}\n`);
        const [from, to] = [at, at + text.length].map((records) => position + BigInt(records)) as [bigint, bigint];
        const lineBytes = Buffer.byteLength(text.join(''));
        const step = { from, to, origin: originAt(partition, to) };
        const [records, bytes] = [text.length, lineBytes - text.length];
        steps.push({ ...step, partition: name, lineBytes, records, bytes });
        progress.set(name, { ...step, from: position });
        lines.push(...text);
      }
    }
    if (lines.length === 0) return undefined;
    for (const [name, { to }] of progress) positions.set(name, to);
    const text = Buffer.from(lines.join(''));
    const latest = new Map([...progress.keys()].map((name) => [name, end(this.#of(name))]));
    return { lines: text, records: lines.length, bytes: text.byteLength - lines.length, progress, steps, latest };
  }

  #requireAnswer(): void {
    if (this.#failure) throw this.#failure;
  }

  #requirePositions(positions: ReadonlyMap<PartitionName, bigint>, origins: ReadonlyMap<PartitionName, Origin>): void {
    const lost = [...positions].flatMap(([partition, wanted]): LostPosition[] => {
      const known = this.#of(partition);
      const [earliest, latest, origin] = [known.earliest, end(known), origins.get(partition)];
      const cause = causeOfLoss(known, wanted, origin);
      return cause === undefined ? [] : [{ partition, wanted, earliest, latest, cause }];
    });
    if (lost.length > 0) throw new MillraceError('positionLost', 'positions are lost', { context: { lost } });
  }

  #set(partition: PartitionName, to: Partition): void {
    this.#partitions.set(partition, to);
    this.#changed.emit('change');
  }

  #of(partition: PartitionName): Partition {
    const known = this.#partitions.get(partition);
    if (known) return known;
    throw new MillraceError('unavailable', `there is no partition ${partition}`);
  }
}
