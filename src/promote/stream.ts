/** How events get from here to there without a gap: what stops here, and where Druid goes on. */
import type { Cluster } from '../kafka/index.ts';
import { readOffsets } from '../store/offsets.ts';
import { caughtUp, supervisorStatus } from './caught-up.ts';
import type { PromotionContext } from './context.ts';
import { unlessGone } from './overlord.ts';

export interface EventStream {
  /** From now on nothing new comes here. Can be done again. */
  stop(): Promise<void>;
  /** Undoes `stop`: what went elsewhere meanwhile is here, too, when it settles. Can be done again. */
  takeBack(): Promise<void>;
  readonly topics: readonly string[] | RegExp;
  /** Of each partition with records its end, by the partition's name in a supervisor's status. */
  ends(): Promise<ReadonlyMap<string, number>>;
  /** Has the overlord know a supervisor for it, a suspended one where there is none. */
  declare(): Promise<void>;
  /** Forgets what was read back of topics that are of another Kafka than the one where they go now. */
  forget(): Promise<void>;
  /** Where Druid goes on, by partition (`topic/number`); others begin at their beginning. */
  positions(): Promise<ReadonlyMap<string, bigint>>;
  /** Nothing is left here that would read. */
  end(): Promise<void>;
}

/** By which the store knows the offsets of a supervisor of ours. */
export const readerOf = (dataSource: string) => `supervisor/${dataSource}`;

/** How far the reader of this name has come, in these topics. */
export async function storedPositions(
  { embedded, dataSource }: PromotionContext,
  isOurs: (topic: string) => boolean,
): Promise<ReadonlyMap<string, bigint>> {
  const offsets = await embedded.store.transaction((transaction) =>
    readOffsets(transaction, readerOf(dataSource.name)),
  );
  return new Map([...offsets].filter(([partition]) => isOurs(partition.slice(0, partition.lastIndexOf('/')))));
}

/**
 * Has Druid read on from the stream's positions, and settles when it has read what was there to be read. A supervisor that runs already is left
 * as it is: this was done before.
 */
export async function readOn(context: PromotionContext, stream: EventStream): Promise<void> {
  const { cluster, dataSource, report } = context;
  const { supervisors } = cluster;
  report({ step: 'starting the supervisor on Druid' });
  await stream.declare();
  if ((await supervisorStatus(context)).suspended) {
    const positions = await stream.positions();
    // Druid keeps the offsets of supervisors that were terminated; an earlier one of this name may have left some.
    await supervisors.reset(dataSource.name);
    if (positions.size > 0) await supervisors.resetOffsets(dataSource.name, positions);
    await supervisors.resume(dataSource.name);
  }
  await caughtUp(context, await stream.ends(), await stream.positions());
}

/** Ends Druid's supervisor, if there is one. */
export async function terminateThere({ cluster, dataSource }: PromotionContext): Promise<void> {
  await unlessGone(cluster.supervisors.terminate(dataSource.name));
}

/** As {@link EventStream.ends} of these topics. */
export async function logEnds(kafka: Cluster, topics: EventStream['topics']): Promise<ReadonlyMap<string, number>> {
  const metadata = await kafka.metadata(topics);
  const partitions = metadata.topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition }) => ({ topic, partition })),
  );
  const listed = await kafka.listOffsets(partitions, 'latest');
  const named = listed.map(({ topic, partition, offset = 0 }): [string, number] => [
    Array.isArray(topics) ? `${partition}` : `${topic}:${partition}`,
    offset,
  ]);
  return new Map(named.filter(([, offset]) => offset > 0));
}
