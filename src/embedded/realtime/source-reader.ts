/**
 * A source of a realtime node that is read: its partitions from their stored positions on, again after each trouble, new ones
 * from their beginning.
 */
import { asMillraceError, type MillraceError } from '../../errors.ts';
import type { StreamSource } from '../../sources/firehoses/index.ts';
import type { LostPosition, PartitionName, Stream, StreamBatch } from '../../sources/stream.ts';
import type { DataSource } from '../../spec/data-source.ts';
import { Alarm, backOffMs } from '../alarm.ts';
import { judgeLoss, movedPositions } from '../lost-positions.ts';
import { Positions } from '../positions.ts';
import { Reading } from '../reading.ts';
import type { RealtimeContext } from './context.ts';

/** How often it is looked for new partitions; and while there are none at all. */
const lookAgainMs = 30_000;
const lookForFirstMs = 500;

export class SourceReader {
  readonly #context: RealtimeContext;
  readonly #dataSource: DataSource;
  readonly #source: StreamSource;
  readonly #stream: Stream;
  readonly #positions: Positions;
  readonly #alarm = new Alarm();
  readonly #latest = new Map<PartitionName, bigint>();
  #running: Promise<void> = Promise.resolve();
  #reading: Reading | undefined;
  /** Whether there was a time without any partition: what shows up then holds nothing that is older than this. */
  #sawNone = false;
  /** Since something was last taken. */
  #failures = 0;
  #stopped = false;

  constructor(context: RealtimeContext, dataSource: DataSource, source: StreamSource, stream: Stream) {
    this.#context = context;
    this.#dataSource = dataSource;
    this.#source = source;
    this.#stream = stream;
    this.#positions = new Positions(context.store, `realtime/${dataSource.name}/${source.name}`);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Settled when what was read is committed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.ring();
    await this.#reading?.stop();
    // A look that waits for the stream ends with it.
    await this.#stream.close();
    await this.#running;
  }

  /** Sets the gauge of the records that are not committed yet. */
  measure(): void {
    for (const [partition, position] of this.#reading?.current ?? []) {
      const lag = (this.#latest.get(partition) ?? position) - position;
      this.#context.metrics.streamLag.set({ supervisor: this.#positions.source, partition }, Math.max(0, Number(lag)));
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#untilShutOffMs > 0) {
      const pauseMs = await this.#tryLook();
      await this.#alarm.pause(Math.min(pauseMs, this.#untilShutOffMs));
    }
    await this.#reading?.stop();
    if (!this.#stopped) this.#context.log.info(this.#names, 'shut off, as its firehose says');
  }

  /** How long to wait for the next one. */
  async #tryLook(): Promise<number> {
    try {
      await this.#settle();
      return (await this.#look()) ? lookAgainMs : lookForFirstMs;
    } catch (error) {
      if (!this.#stopped) this.#warn('cannot be read; it is tried again', asMillraceError(error));
      return backOffMs(this.#failures++);
    }
  }

  /** Throws what the reading has ended with. */
  async #settle(): Promise<void> {
    const end = this.#reading?.end;
    if (!end) return;
    this.#reading = undefined;
    if (end.kind === 'lost') await this.#move(end.lost);
    else if (end.kind !== 'stopped') throw end.error;
  }

  /** Whether there is anything to read. */
  async #look(): Promise<boolean> {
    const partitions = await this.#stream.partitions();
    if (partitions.length === 0) {
      if (!this.#sawNone) this.#context.log.info(this.#names, 'there is nothing to read yet');
      this.#sawNone = true;
      return false;
    }
    if (!partitions.every((partition) => this.#reading?.from.has(partition))) await this.#read(partitions);
    for (const [partition, position] of await this.#stream.offsets('latest', partitions))
      this.#latest.set(partition, position);
    return true;
  }

  async #read(partitions: readonly PartitionName[]): Promise<void> {
    await this.#reading?.stop();
    await this.#begin(partitions);
    const { stored, origins } = await this.#positions.read();
    if (this.#stopped) return;
    const { committer } = this.#context;
    const reading = new Reading({
      stream: this.#stream,
      committer,
      source: this.#positions.source,
      from: new Map(partitions.map((name) => [name, stored.get(name) as bigint])),
      origins,
      route: (batch) => [{ batch, dataSource: this.#dataSource }],
      keepUnparseable: 0,
      onCommit: (batch) => this.#onCommit(batch),
      onDelay: (error) => this.#onDelay(error),
    });
    this.#reading = reading;
    void reading.ended.then(() => this.#alarm.ring());
  }

  /** A partition that was never read begins where the firehose says; one that showed up later, at its beginning. */
  async #begin(partitions: readonly PartitionName[]): Promise<void> {
    const { stored } = await this.#positions.read();
    const missing = partitions.filter((partition) => !stored.has(partition));
    if (missing.length > 0) {
      const isFirst = missing.length === partitions.length && !this.#sawNone;
      const end = isFirst ? this.#source.start : 'earliest';
      await this.#positions.begin(await this.#stream.offsets(end, missing));
    }
    await this.#positions.adopt(this.#stream.origins());
  }

  async #move(lost: readonly LostPosition[]): Promise<void> {
    const { start: end } = this.#source;
    const judged = lost.map((one) => judgeLoss(one, { end, setting: 'its firehose', skipsTheRest: false }));
    await this.#positions.move(movedPositions(judged));
    for (const { message, partition } of judged) this.#context.log.error({ ...this.#names, partition }, message);
  }

  #onCommit({ latest, records }: StreamBatch): void {
    this.#failures = 0;
    for (const [partition, position] of latest) this.#latest.set(partition, position);
    this.#context.metrics.streamRecords.inc({ supervisor: this.#positions.source }, records);
  }

  #onDelay(error: MillraceError): void {
    // A full queue is nothing but pushes and streams taking turns.
    if (error.code === 'bufferFull') return;
    this.#warn('what was read cannot be taken for now; it is tried again', error);
  }

  #warn(what: string, error: MillraceError): void {
    const stack = error.code === 'defect' ? { err: error } : {};
    this.#context.log.warn({ ...this.#names, code: error.code, ...stack }, `${what}: ${error.message}`);
  }

  get #untilShutOffMs(): number {
    return (this.#source.untilMs ?? Number.POSITIVE_INFINITY) - this.#context.now();
  }

  get #names() {
    return { dataSource: this.#dataSource.name, source: this.#source.name };
  }
}
