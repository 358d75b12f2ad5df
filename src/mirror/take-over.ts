/** Partitions that a MirrorMaker 2 has mirrored before: they go on where it was. */
import { openCluster, partitionKey } from '../kafka/index.ts';
import type { LaneContext } from './lane-context.ts';
import type { Ledger, LedgerEntry } from './ledger/ledger.ts';
import type { MirroredTopic } from './topics/watch-topics.ts';

/**
 * Those of these entries of a topic that it has mirrored know from then on where to go on; the others are left as they are.
 * @throws MillraceError `unavailable`
 */
export async function takeOver(
  { flow, former, target, log }: LaneContext,
  ledger: Ledger,
  { topic, remoteTopic }: MirroredTopic,
  fresh: readonly LedgerEntry[],
): Promise<void> {
  const positions = await former.next();
  const known = fresh.flatMap((entry) => {
    const next = positions.get(partitionKey(topic, entry.source.partition));
    // It knew topics by their names alone: one that took the place of what we have mirrored since is not meant.
    return next === undefined || ledger.hasNamesake(entry.source) ? [] : [{ entry, next }];
  });
  if (known.length === 0) return;
  const here = known.map(({ entry }) => entry.source);
  const there = here.map(({ partition }) => ({ topic: remoteTopic, partition }));
  // By default it reads what is not committed, too, and may be further than the last decided record.
  await using whole = openCluster({ ...flow.source.properties, 'isolation.level': 'read_uncommitted' });
  const [ends, targetStarts, targetEnds] = await Promise.all([
    whole.listOffsets(here, 'latest'),
    target.listOffsets(there, 'earliest'),
    target.listOffsets(there, 'latest'),
  ]);
  for (const [at, { entry, next }] of known.entries()) {
    const end = ends[at]?.offset ?? 0;
    const targetStart = targetStarts[at]?.offset ?? 0;
    const targetEnd = targetEnds[at]?.offset ?? 0;
    const place = { topic, partition: entry.source.partition, offset: next };
    if (next > end || targetEnd === 0) {
      log.warn(
        { ...place, end, targetEnd },
        'MirrorMaker 2 has mirrored another topic of this name: it is mirrored anew',
      );
      continue;
    }
    // Where its records are is not known: a group that is not past them has to begin with the first one, and one that is, behind the last.
    entry.runs.append(0, targetStart, 0);
    entry.runs.append(next, targetEnd, 0);
    log.info(place, 'goes on where MirrorMaker 2 was, which is not to run any more');
  }
}
