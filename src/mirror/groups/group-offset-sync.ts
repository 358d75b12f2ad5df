/**
 * Groups of the source have their offsets on the target, too, where their members can go on. As with MirrorMaker 2, an offset only
 * moves forwards there: what the group has read on the target counts, and what it does at the source no more.
 */
import { type Cluster, partitionKey } from '../../kafka/index.ts';
import type { Logger } from '../../observe/log.ts';
import type { TranslatedPosition } from './translate-offsets.ts';

export class GroupOffsetSync {
  readonly #target: Cluster;
  readonly #log: Logger;
  /** Groups with members on the target, of which it was said. */
  readonly #inUse = new Set<string>();

  constructor(target: Cluster, log: Logger) {
    this.#target = target;
    this.#log = log;
  }

  /** A group with members on the target is left to them. @throws MillraceError `unavailable`. */
  async sync(groupId: string, positions: readonly TranslatedPosition[]): Promise<void> {
    const { admin } = this.#target;
    const committed = positions.length === 0 ? [] : await admin.groupOffsets(groupId);
    const reached = new Map(committed.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]));
    const ahead = positions
      .filter(
        ({ remoteTopic, partition, targetOffset }) =>
          targetOffset > (reached.get(partitionKey(remoteTopic, partition)) ?? -1),
      )
      .map(({ remoteTopic, partition, targetOffset, metadata }) => ({
        topic: remoteTopic,
        partition,
        offset: targetOffset,
        metadata,
      }));
    if (ahead.length === 0) return;
    if (await admin.setGroupOffsets(groupId, ahead)) this.#inUse.delete(groupId);
    else if (!this.#inUse.has(groupId)) {
      this.#inUse.add(groupId);
      this.#log.warn(
        { groupId },
        'the group has members on the target: its offsets are theirs, and do not follow the source',
      );
    }
  }
}
