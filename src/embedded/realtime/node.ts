/** A realtime node: what its specs' firehoses bring, from each source in its own way. */
import { invalidInput, unsupported } from '../../errors.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { clippedDataSource } from '../../sources/firehoses/clip.ts';
import type { RealtimeSpecs, StreamSource } from '../../sources/firehoses/index.ts';
import { EventReceivers } from '../../sources/receivers.ts';
import type { DataSource } from '../../spec/data-source.ts';
import { atPlace } from '../consumer-properties.ts';
import { type Announce, Announcer } from './announcer.ts';
import type { RealtimeContext } from './context.ts';
import { SourceReader } from './source-reader.ts';

export class RealtimeNode {
  readonly receivers: EventReceivers;
  readonly #announcer: Announcer;
  readonly #readers: readonly SourceReader[];
  readonly #metrics: Metrics;

  private constructor(context: RealtimeContext, specs: RealtimeSpecs, readers: readonly SourceReader[]) {
    const { committer, now } = context;
    this.receivers = new EventReceivers(
      { submit: (dataSource, events) => committer.submit({ parts: [{ dataSource, format: 'json', ...events }] }), now },
      specs,
    );
    this.#announcer = new Announcer(context, new Set(specs.map(({ dataSource }) => dataSource.name)));
    this.#readers = readers;
    this.#metrics = context.metrics;
  }

  /**
   * Receivers take events from now on; what is read waits for {@link start}.
   * @throws MillraceError `invalidInput` for specs that cannot be together, or a property of a source that cannot be.
   */
  static async open(context: RealtimeContext, specs: RealtimeSpecs): Promise<RealtimeNode> {
    for (const { dataSource } of specs) await context.define(dataSource);
    const readers: SourceReader[] = [];
    for (const { dataSource, firehose, place } of specs) {
      const streams = firehose.filter((source) => source.kind === 'stream');
      requireApart(dataSource, streams);
      if (streams.length > 0) requireNoHeader(dataSource);
      for (const source of streams) {
        for (const warning of source.warnings) context.log.warn({ dataSource: dataSource.name }, warning);
        const clipped = clippedDataSource(dataSource, source.clips);
        const stream = await atPlace(
          {},
          () => place,
          () => source.open(),
        );
        readers.push(new SourceReader(context, clipped, source, stream));
      }
    }
    return new RealtimeNode(context, specs, readers);
  }

  /** Reads, and announces each bucket that gets its first row; first those that have some. */
  start(announce: Announce): void {
    this.#announcer.start(announce);
    for (const reader of this.#readers) reader.start();
    this.#metrics.beforeExposition(() => {
      for (const reader of this.#readers) reader.measure();
    });
  }

  /** To be told of each commit. */
  noteKept(dataSource: string): void {
    this.#announcer.note(dataSource);
  }

  /** Reads no more; settled when all that was read is committed. */
  async close(): Promise<void> {
    await Promise.all([...this.#readers.map((reader) => reader.stop()), this.#announcer.close()]);
  }
}

/** Two readers of one topic under one group would each take every record for its own. */
function requireApart({ name: dataSource }: DataSource, streams: readonly StreamSource[]): void {
  const kafka = streams.filter(({ name }) => name.startsWith('kafka/'));
  const twice = kafka.find(({ name }, index) => kafka.findIndex((other) => other.name === name) < index);
  if (!twice) return;
  const [, group, topic] = twice.name.split('/');
  throw invalidInput(
    `dataSource '${dataSource}': two firehoses read topic '${topic}' as group '${group}'; take one out, or give it a group.id of its own`,
  );
}

/** A stream comes in batches, of which only the first one would have it. */
function requireNoHeader({ name: dataSource, input }: DataSource): void {
  if (input.type !== 'delimited' || input.header === undefined) return;
  throw unsupported(
    `dataSource '${dataSource}': header lines in what a firehose reads are not supported; list the columns in the parseSpec, and take the lines out`,
  );
}
