/** What was copied is compared, chunk by chunk, as Druid's processes come to serve it. What agrees is kept in the store. */
import { parsedAnswer } from '../answer.ts';
import type { Chunk } from '../store/chunks.ts';
import { type Ask, type Difference, differences } from './compare.ts';
import { type PromotionContext, pauseUnlessStopped, throwIfStopped } from './context.ts';
import { unservedSegments } from './coordinator.ts';
import { settledChunks, versionOf } from './history.ts';

/** How long Druid may take to load new segments without any change of what it answers; its coordinator looks each minute. */
const loadPatienceMs = 90_000;
/** The same when its coordinator says that all are loaded: brokers hear of it a moment later. */
const servedPatienceMs = 15_000;
const pauseMs = 1_000;
/** Of one comparison: each chunk is a bucket of both answers. */
const chunksPerQuery = 1_000;

/** Compares what was copied and not compared, as far as it has not changed since; of each chunk that differs, how. */
export async function compareHistory(context: PromotionContext): Promise<Difference[]> {
  const { cluster, dataSource, signal } = context;
  let told = '';
  for (let changedMs = performance.now(); ; ) {
    throwIfStopped(context);
    const standing = await compareOnce(context);
    if (standing.length === 0) return [];
    // Segments that Druid has published are queried a while later, when its processes have loaded them.
    const now = standing.map(({ message }) => message).join();
    const sinceMs = performance.now() - changedMs;
    if (now !== told) changedMs = performance.now();
    else if (sinceMs > servedPatienceMs) {
      const unserved = await unservedSegments(cluster.druid, dataSource.name, signal);
      if (unserved === 0 || sinceMs > loadPatienceMs) return standing;
    }
    told = now;
    await pauseUnlessStopped(signal, pauseMs);
  }
}

/** What differs and has not changed meanwhile. */
async function compareOnce(context: PromotionContext): Promise<Difference[]> {
  const { embedded, cluster, dataSource, form, promotions, report } = context;
  const compared = { dataSchema: dataSource.dataSchema, form };
  const here: Ask = async (query) => parsedAnswer((await embedded.query(query)).chunks);
  const there: Ask = async (query) => parsedAnswer((await cluster.query(query)).chunks);
  const chunks = await waitingChunks(context);
  report({ step: 'comparing', done: 0, total: chunks.length });
  const found: Difference[] = [];
  for (let at = 0; at < chunks.length; at += chunksPerQuery)
    found.push(...(await differences(compared, chunks.slice(at, at + chunksPerQuery), here, there)));
  const differing = new Set(found.map(({ startMs }) => startMs));
  const unchanged = new Map((await waitingChunks(context)).map((chunk) => [chunk.startMs, versionOf(chunk)]));
  const agreeing = chunks.filter(
    (chunk) => !differing.has(chunk.startMs) && unchanged.get(chunk.startMs) === versionOf(chunk),
  );
  await promotions.writeChunks(
    dataSource.name,
    agreeing.map((chunk) => ({ startMs: chunk.startMs, version: versionOf(chunk), agrees: true })),
  );
  return found.filter(({ startMs }) => unchanged.has(startMs));
}

async function waitingChunks(context: PromotionContext): Promise<Chunk[]> {
  const copied = await context.promotions.chunks(context.dataSource.name);
  return (await settledChunks(context)).filter((chunk) => {
    const there = copied.get(chunk.startMs);
    return there?.version === versionOf(chunk) && !there.agrees;
  });
}

/** Has these chunks copied again. */
export const forgetChunks = ({ promotions, dataSource }: PromotionContext, found: readonly Difference[]) =>
  promotions.writeChunks(
    dataSource.name,
    found.map(({ startMs }) => ({ startMs, version: 'differs', agrees: false })),
  );
