/** Some partitions, of whatever topics, read on from their stored positions again after each trouble. */
import { asMillraceError, MillraceError } from '../../errors.ts';
import type { WorkOutcome } from '../../ingest/work.ts';
import type { LostPosition, PartitionName, Stream, StreamBatch } from '../../sources/stream.ts';
import type { DataSource } from '../../spec/data-source.ts';
import type { OffsetReset, TopicRoute } from '../../spec/tranquility-kafka.ts';
import { Alarm, backOffMs } from '../alarm.ts';
import { type AfterLoss, judgeLoss, movedPositions } from '../lost-positions.ts';
import type { Positions } from '../positions.ts';
import { Reading, type ReadingEnd } from '../reading.ts';
import { byTopic, topicOf } from './by-topic.ts';
import type { TranquilityContext } from './context.ts';
import { requireAllKept } from './refusal.ts';

/** Where a topic's events go. */
export interface Target {
  readonly route: TopicRoute;
  readonly dataSource: DataSource;
}

export interface ReaderOptions extends Pick<TranquilityContext, 'committer' | 'log'> {
  /** By topic. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly stream: Stream;
  readonly positions: Positions;
  readonly partitions: readonly PartitionName[];
  readonly offsetReset: OffsetReset | undefined;
  /** `batch` is of the one topic. */
  onCommit(topic: string, batch: StreamBatch, outcome: WorkOutcome): void;
  /** It reads no more, and nobody else should. */
  onFailure(error: MillraceError): void;
}

export class Reader {
  readonly #options: ReaderOptions;
  readonly #alarm = new Alarm();
  readonly #running: Promise<void>;
  #reading: Reading | undefined;
  /** Why a batch was not taken because the file wants all of its events kept. */
  #refusal: MillraceError | undefined;
  /** Since something was last taken. */
  #failures = 0;
  #stopped = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Up to where its partitions are committed, as far as it has read. */
  get current(): ReadonlyMap<PartitionName, bigint> {
    return this.#reading?.current ?? new Map();
  }

  /** Settled when what it had read is committed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.ring();
    await this.#reading?.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const end = await this.#read();
        if (end.kind === 'lost') await this.#move(end.lost);
        else if (end.kind !== 'stopped') throw end.error;
      } catch (error) {
        if (this.#stopped) return;
        const known = asMillraceError(error);
        if (known.code === 'positionLost' || this.#refusal) return this.#options.onFailure(known);
        this.#options.log.warn({ code: known.code }, known.message);
        await this.#alarm.pause(backOffMs(this.#failures++));
      }
    }
  }

  async #read(): Promise<ReadingEnd> {
    const { stream, positions, partitions, committer, targets, onCommit } = this.#options;
    const { stored, origins } = await positions.read();
    if (this.#stopped) return { kind: 'stopped' };
    this.#reading = new Reading({
      stream,
      committer,
      source: positions.source,
      from: new Map(partitions.map((name) => [name, stored.get(name) as bigint])),
      origins,
      route: (batch) => [...byTopic(batch)].map(([topic, part]) => ({ batch: part, ...targetOf(targets, topic) })),
      keepUnparseable: [...targets.values()].some(({ route }) => route.reportParseExceptions) ? 1 : 0,
      accept: (outcome, batch) => this.#accept(outcome, batch),
      onCommit: (batch, outcome) => {
        this.#failures = 0;
        onCommit(topicOfBatch(batch), batch, outcome);
      },
      onDelay: (error) => this.#onDelay(error),
    });
    return this.#reading.ended;
  }

  #accept(outcome: WorkOutcome, batch: StreamBatch): void {
    const topic = topicOfBatch(batch);
    try {
      requireAllKept(targetOf(this.#options.targets, topic).route, topic, outcome);
    } catch (error) {
      this.#refusal = asMillraceError(error);
      throw error;
    }
  }

  async #move(lost: readonly LostPosition[]): Promise<void> {
    const { offsetReset, positions, stream, log } = this.#options;
    const judged = lost.map((one) => judgeLoss(one, afterLoss(offsetReset)));
    await positions.move(movedPositions(judged));
    await positions.adopt(stream.origins());
    for (const { message, to } of judged) if (to !== undefined) log.error(message);
    const stopped = judged.filter(({ to }) => to === undefined);
    if (stopped.length === 0) return;
    const message = stopped.map((one) => one.message).join(' ');
    throw new MillraceError('positionLost', message, { context: { lost } });
  }

  #onDelay(error: MillraceError): void {
    // A full queue is nothing but pushes and streams taking turns.
    if (error.code === 'bufferFull') return;
    this.#options.log.warn({ code: error.code }, error.message);
  }
}

const topicOfBatch = ({ progress }: StreamBatch): string => topicOf([...progress.keys()][0] as PartitionName);

const targetOf = (targets: ReadonlyMap<string, Target>, topic: string): Target => targets.get(topic) as Target;

/** Whoever did not write into the file where reading begins without a position is asked. */
const afterLoss = (end: OffsetReset | undefined): AfterLoss =>
  end === undefined
    ? {
        end,
        advice: "say where to go on, by 'kafka.auto.offset.reset' = 'earliest' or 'latest' in the file's properties.",
      }
    : { end, setting: 'auto.offset.reset', skipsTheRest: false };
