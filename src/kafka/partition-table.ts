/** The partitions that are being read. Who assigns one anew puts another object there: what is on its way for the old one is void. */
import { type Assignment, newState, type PartitionState, type Position, partitionKey } from './assignment.ts';

export class PartitionTable {
  /** By topic and partition. */
  readonly #states = new Map<string, PartitionState>();

  set(state: PartitionState): void {
    this.#states.set(partitionKey(state.topic, state.partition), state);
  }

  assign(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) this.set(newState(assignment));
  }

  unassign(topic: string, partition: number): void {
    this.#states.delete(partitionKey(topic, partition));
  }

  isCurrent = (state: PartitionState): boolean =>
    this.#states.get(partitionKey(state.topic, state.partition)) === state;

  /** Those to be read whose leader is not known. */
  lost(): PartitionState[] {
    return [...this.#states.values()].filter((state) => state.leader === undefined && !state.isStopped);
  }

  /** Those to be read from this broker. */
  ledBy(node: number): PartitionState[] {
    return [...this.#states.values()].filter((state) => state.leader?.node === node && !state.isStopped);
  }

  /** The brokers that lead those to be read. */
  leaders(): Set<number> {
    const nodes = new Set<number>();
    for (const { leader, isStopped } of this.#states.values())
      if (leader !== undefined && !isStopped) nodes.add(leader.node);
    return nodes;
  }

  positions(): Position[] {
    return [...this.#states.values()].map((state) => ({
      topic: state.topic,
      topicId: state.topicId,
      partition: state.partition,
      offset: state.offset,
      leaderEpoch: state.leaderEpoch,
      highWatermark: state.highWatermark,
      lastStableOffset: state.lastStableOffset,
      trouble: state.trouble,
    }));
  }
}
