/** What this process has to read until the group shares out anew: its readers, and their offsets in the group. */
import { asMillraceError, invalidInput, type MillraceError } from '../../errors.ts';
import type { PartitionName, Stream } from '../../sources/stream.ts';
import type { StreamShare } from '../../sources/stream-group.ts';
import { dataSourceFor, routeOf, type TranquilityKafka } from '../../spec/tranquility-kafka.ts';
import { pause, regularly } from '../../waiting.ts';
import { backOffMs } from '../alarm.ts';
import type { Positions } from '../positions.ts';
import type { Beginnings } from './beginnings.ts';
import { topicOf } from './by-topic.ts';
import type { TranquilityContext } from './context.ts';
import { FlushCounts, flushedLine } from './flushed.ts';
import { Reader, type ReaderOptions, type Target } from './reader.ts';

type Offsets = ReadonlyMap<PartitionName, bigint>;

export interface ShareReaderOptions {
  readonly context: TranquilityContext;
  readonly spec: TranquilityKafka;
  readonly stream: Stream;
  readonly positions: Positions;
  readonly beginnings: Beginnings;
  /** Nothing more is to be read at all. */
  onFailure(error: MillraceError): void;
}

export class ShareReader {
  readonly #options: ShareReaderOptions;
  readonly #share: StreamShare;
  readonly #counts = new FlushCounts();
  readonly #latest = new Map<PartitionName, bigint>();
  /** Where the group is, as far as it was told. */
  readonly #ofGroup = new Map<PartitionName, bigint>();
  #readers: readonly Reader[] = [];

  constructor(options: ShareReaderOptions, share: StreamShare) {
    this.#options = options;
    this.#share = share;
  }

  /** Settled when the share is revoked, and all that was read is committed, to the group too. */
  async run(): Promise<void> {
    const { revoked } = this.#share;
    const { spec } = this.#options;
    if (!(await this.#begin())) return;
    await regularly(spec.commitPeriodMs, revoked, () => this.#flush());
    await Promise.all(this.#readers.map((reader) => reader.stop()));
    await this.#flush();
  }

  /** Records that each partition has and that are not committed. */
  lags(): ReadonlyMap<PartitionName, bigint> {
    const lags = new Map<PartitionName, bigint>();
    for (const [partition, position] of this.#current()) {
      const lag = (this.#latest.get(partition) ?? position) - position;
      lags.set(partition, lag > 0n ? lag : 0n);
    }
    return lags;
  }

  /** Tries until it reads; false when the share is revoked before, or cannot be read. */
  async #begin(): Promise<boolean> {
    const { context, onFailure } = this.#options;
    const { revoked } = this.#share;
    for (let tries = 0; !revoked.aborted; tries++) {
      try {
        await this.#findPositions();
        const readers = await this.#openReaders();
        this.#readers = readers.map((options) => new Reader(options));
        context.log.info({ partitions: this.#share.partitions }, 'reading what the group shares out to this process');
        return true;
      } catch (error) {
        const known = asMillraceError(error);
        if (known.code === 'invalidInput') {
          onFailure(known);
          return false;
        }
        if (!revoked.aborted) context.log.warn({ code: known.code }, `${known.message} It is tried again.`);
        await pause(backOffMs(tries), revoked);
      }
    }
    return false;
  }

  /**
   * A partition goes on at the later of its own position, which is that of the rows here, and the group's, up to which
   * others have read meanwhile.
   */
  async #findPositions(): Promise<void> {
    const { stream, positions, beginnings } = this.#options;
    const { partitions } = this.#share;
    beginnings.see(await stream.partitions());
    const { stored } = await positions.read();
    const ofGroup = await this.#share.committed();
    const found = new Map<PartitionName, bigint>();
    for (const name of partitions) {
      const [own = -1n, others = -1n] = [stored.get(name), ofGroup.get(name)];
      if (own >= 0n || others >= 0n) found.set(name, own > others ? own : others);
    }
    const missing = Map.groupBy(
      partitions.filter((name) => !found.has(name)),
      (name) => beginnings.of(name),
    );
    for (const [end, names] of missing)
      for (const [name, offset] of await stream.offsets(end, names)) found.set(name, offset);
    await positions.move(new Map([...found].filter(([name, offset]) => stored.get(name) !== offset)));
    await positions.adopt(stream.origins());
    for (const [name, offset] of ofGroup) this.#ofGroup.set(name, offset);
    await this.#commit(found);
  }

  /** As many as the file wants, each with partitions of all topics. */
  async #openReaders(): Promise<readonly ReaderOptions[]> {
    const { context, spec, stream, positions, onFailure } = this.#options;
    const { committer, log, metrics } = context;
    const { partitions } = this.#share;
    const targets = await this.#findTargets();
    const parts = Map.groupBy(partitions, (name) => partitions.indexOf(name) % spec.threads);
    return [...parts.values()].map((part) => ({
      ...{ targets, stream, positions, committer, log, onFailure, offsetReset: spec.offsetReset },
      partitions: part,
      onCommit: (topic, batch, outcome) => {
        this.#counts.add(topic, outcome);
        for (const [name, offset] of batch.latest) this.#latest.set(name, offset);
        metrics.streamRecords.inc({ supervisor: positions.source }, batch.records);
      },
    }));
  }

  async #findTargets(): Promise<ReadonlyMap<string, Target>> {
    const { context, spec } = this.#options;
    const targets = new Map<string, Target>();
    for (const topic of new Set(this.#share.partitions.map(topicOf))) {
      const route = routeOf(spec, topic);
      // Another process of the group has another file.
      if (!route) throw noRoute(topic);
      const dataSource = dataSourceFor(route, topic);
      await context.define(dataSource);
      targets.set(topic, { route, dataSource });
    }
    return targets;
  }

  #current(): Offsets {
    return new Map(this.#readers.flatMap(({ current }) => [...current]));
  }

  /** Tells the group where the rows are. They are durable already: nothing is pending but the telling. */
  async #flush(): Promise<void> {
    const startMs = performance.now();
    const current = this.#current();
    const flushedMs = performance.now();
    if (!(await this.#tryCommit(current))) return;
    const counts = this.#counts.take();
    if (counts.size === 0) return;
    const line = flushedLine(counts, flushedMs - startMs, performance.now() - flushedMs);
    this.#options.context.log.info(line);
  }

  async #tryCommit(positions: Offsets): Promise<boolean> {
    const { log } = this.#options.context;
    try {
      await this.#commit(positions);
      return true;
    } catch (error) {
      const known = asMillraceError(error);
      const untold = [...positions].flatMap(([name, offset]) => {
        const told = this.#ofGroup.get(name);
        return told !== undefined && told < offset ? [`${name} from ${told} to ${offset}`] : [];
      });
      if (known.code !== 'conflict') log.warn({ code: known.code }, `${known.message} Offsets are committed later.`);
      else if (untold.length > 0)
        log.error(`${known.message} What is here of ${untold.join(', ')} may be at others, too.`);
      return false;
    }
  }

  async #commit(positions: Offsets): Promise<void> {
    const changed = new Map([...positions].filter(([name, offset]) => this.#ofGroup.get(name) !== offset));
    if (changed.size === 0) return;
    await this.#share.commit(changed);
    for (const [name, offset] of changed) this.#ofGroup.set(name, offset);
  }
}

const noRoute = (topic: string) =>
  invalidInput(
    `The group gave this process topic '${topic}', which no topicPattern of its file matches: all processes of a group need the same file (or a 'kafka.group.id' of their own).`,
  );
