/** How events get from here to there without a gap: what stops here, and where Druid goes on. */
import type { MillraceError } from '../errors.ts';
import { readOffsets } from '../store/offsets.ts';
import { caughtUp, supervisorStatus } from './caught-up.ts';
import type { PromotionContext } from './context.ts';

export interface EventStream {
  /** From now on nothing new comes here. Can be done again. */
  stop(): Promise<void>;
  /** Undoes `stop`: what went elsewhere meanwhile is here, too, when it settles. Can be done again. */
  takeBack(): Promise<void>;
  readonly topics: readonly string[] | RegExp;
  /** Has the overlord know a supervisor for it, a suspended one where there is none. */
  declare(): Promise<void>;
  /** Where Druid goes on, by partition (`topic/number`); others begin at their beginning. */
  positions(): Promise<ReadonlyMap<string, bigint>>;
  /** Nothing is left here that would read. */
  end(): Promise<void>;
}

/** How far the reader of this name has come, in these topics. */
export async function storedPositions(
  { embedded, dataSource }: PromotionContext,
  isOurs: (topic: string) => boolean,
): Promise<ReadonlyMap<string, bigint>> {
  const offsets = await embedded.store.transaction((transaction) =>
    readOffsets(transaction, `supervisor/${dataSource.name}`),
  );
  return new Map([...offsets].filter(([partition]) => isOurs(partition.slice(0, partition.lastIndexOf('/')))));
}

const prefix = '/druid/indexer/v1/supervisor';

/**
 * Has Druid read on from the stream's positions, and settles when it has read what was there to be read. A supervisor that runs already is left
 * as it is: this was done before.
 */
export async function readOn(context: PromotionContext, stream: EventStream): Promise<void> {
  const { cluster, dataSource, report, signal } = context;
  const { druid } = cluster;
  const path = `${prefix}/${encodeURIComponent(dataSource.name)}`;
  const post = (to: string, body?: unknown) => druid.json('overlord', to, { method: 'POST', body, signal });
  report({ step: 'starting the supervisor on Druid' });
  await stream.declare();
  if ((await supervisorStatus(context)).suspended) {
    const positions = await stream.positions();
    if (positions.size > 0) await post(`${path}/resetOffsets`, offsetsJson(positions, Array.isArray(stream.topics)));
    await post(`${path}/resume`);
  }
  await caughtUp(context, await logEnds(context, stream.topics), await stream.positions());
}

/** Ends Druid's supervisor, if there is one. */
export async function terminateThere({ cluster: { druid }, dataSource, signal }: PromotionContext): Promise<void> {
  const path = `${prefix}/${encodeURIComponent(dataSource.name)}/terminate`;
  await druid.json('overlord', path, { method: 'POST', signal }).catch((error) => {
    if ((error as MillraceError).code !== 'notFound') throw error;
  });
}

/** Of each partition with records, as a supervisor's status names it. */
export async function logEnds(
  { cluster }: PromotionContext,
  topics: EventStream['topics'],
): Promise<ReadonlyMap<string, number>> {
  const { kafka } = cluster;
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

/** https://druid.apache.org/docs/latest/api-reference/supervisor-api#reset-offsets-for-a-supervisor */
function offsetsJson(positions: ReadonlyMap<string, bigint>, single: boolean) {
  const entries = [...positions].map(([partition, position]) => {
    const at = partition.lastIndexOf('/');
    const [topic, number] = [partition.slice(0, at), partition.slice(at + 1)];
    return { topic, key: single ? number : `${topic}:${number}`, offset: Number(position) };
  });
  const partitionOffsetMap = Object.fromEntries(entries.map(({ key, offset }) => [key, offset]));
  return { type: 'kafka', partitions: { type: 'end', stream: entries[0]?.topic, partitionOffsetMap } };
}
