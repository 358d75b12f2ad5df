/**
 * What a member of a consumer group says to the group's coordinator, and the coordinator's answers.
 * https://kafka.apache.org/protocol.html#The_Messages_JoinGroup and those after it
 *
 *     FindCoordinator  which broker coordinates the group
 *     JoinGroup        waits until all members are there (or given up); one of them, the leader, hears of all
 *     SyncGroup        the leader says who reads what; each member hears its part
 *     Heartbeat        the member lives; REBALANCE_IN_PROGRESS asks it to join again
 *     LeaveGroup       its part may go to others
 *     OffsetCommit, OffsetFetch   where the group is in each partition
 */

import { MillraceError } from '../errors.ts';
import type { Address, BrokerConnection } from './connections.ts';
import {
  findCoordinatorV0,
  heartbeatV0,
  heartbeatV3,
  joinGroupV2,
  joinGroupV5,
  leaveGroupV0,
  leaveGroupV3,
  offsetCommitV2,
  offsetCommitV7,
  offsetFetchV1,
  ResponseError,
  syncGroupV0,
  syncGroupV3,
} from './library.ts';
import { brokerError, connectionError } from './protocol-errors.ts';

export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  /** The one after the last record that was taken. */
  readonly offset: number;
  /** What is written beside it, for people and tools; nothing unless it is given. */
  readonly metadata?: string;
}

/** Who speaks: the coordinator gives the id, the member may have a lasting name. */
export interface Member {
  readonly groupId: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
}

export interface Joined {
  readonly memberId: string;
  readonly generationId: number;
  /** For the leader: all members, with what they subscribe to. Empty for others. */
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[];
}

/** What Kafka's tools understand; and our own way of sharing, so that no other client's members come in among ours. */
const protocolType = 'consumer';
const protocolName = 'millrace';

/** Kafka 0.11 to 2.2, where members have no lasting names; and from 2.3 on. */
const plain = {
  join: joinGroupV2.api.async,
  sync: syncGroupV0.api.async,
  heartbeat: heartbeatV0.api.async,
  leave: leaveGroupV0.api.async,
  commit: offsetCommitV2.api.async,
};
const named = {
  join: joinGroupV5.api.async,
  sync: syncGroupV3.api.async,
  heartbeat: heartbeatV3.api.async,
  leave: leaveGroupV3.api.async,
  commit: offsetCommitV7.api.async,
};

const requestsOf = (connection: BrokerConnection) => (connection.version(11, 2, 5) === 5 ? named : plain);

export async function findCoordinator(connection: BrokerConnection, groupId: string): Promise<Address> {
  const { coordinators } = await ask(connection, `coordinator of group '${groupId}'`, () =>
    findCoordinatorV0.api.async(connection.raw, 0, [groupId]),
  );
  const { host, port } = coordinators[0] as Address;
  return { host, port };
}

/** @param metadata what this member subscribes to, in the words of Kafka's consumer protocol. */
export async function joinGroup(
  connection: BrokerConnection,
  { groupId, memberId, instanceId }: Member,
  { sessionTimeoutMs, rebalanceTimeoutMs }: { readonly sessionTimeoutMs: number; readonly rebalanceTimeoutMs: number },
  metadata: Buffer,
): Promise<Joined> {
  const protocols = [{ name: protocolName, metadata }];
  const { join } = requestsOf(connection);
  const joining = (id: string) =>
    join(connection.raw, groupId, sessionTimeoutMs, rebalanceTimeoutMs, id, instanceId, protocolType, protocols);
  return ask(connection, `joining group '${groupId}'`, () =>
    joining(memberId).catch((error: unknown) => {
      // Newer brokers give a new member its id before it may join with it.
      if (firstError(error)?.apiId !== 'MEMBER_ID_REQUIRED') throw error;
      return joining(((error as ResponseError).response as Joined).memberId);
    }),
  );
}

/** @param parts by member id, from the leader alone. */
export async function syncGroup(
  connection: BrokerConnection,
  { groupId, generationId, memberId, instanceId }: Member,
  parts: ReadonlyMap<string, Buffer>,
): Promise<Buffer> {
  const assignments = [...parts].map(([id, assignment]) => ({ memberId: id, assignment }));
  const { sync } = requestsOf(connection);
  const { assignment } = await ask(connection, `group '${groupId}'`, () =>
    sync(connection.raw, groupId, generationId, memberId, instanceId, protocolType, protocolName, assignments),
  );
  return assignment;
}

export async function heartbeat(
  connection: BrokerConnection,
  { groupId, generationId, memberId, instanceId }: Member,
): Promise<void> {
  await ask(connection, `group '${groupId}'`, () =>
    requestsOf(connection).heartbeat(connection.raw, groupId, generationId, memberId, instanceId),
  );
}

export async function leaveGroup(
  connection: BrokerConnection,
  { groupId, memberId, instanceId }: Member,
): Promise<void> {
  await ask(connection, `leaving group '${groupId}'`, () =>
    requestsOf(connection).leave(connection.raw, groupId, [{ memberId, groupInstanceId: instanceId }]),
  );
}

export async function commitOffsets(
  connection: BrokerConnection,
  { groupId, generationId, memberId, instanceId }: Member,
  offsets: readonly GroupOffset[],
): Promise<void> {
  const topics = byTopic(offsets).map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, offset, metadata = '' }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: metadata,
    })),
  }));
  await ask(connection, `committing offsets of group '${groupId}'`, () =>
    requestsOf(connection).commit(connection.raw, groupId, generationId, memberId, instanceId, topics),
  );
}

/** Those of these partitions that the group has an offset of. */
export async function fetchOffsets(
  connection: BrokerConnection,
  groupId: string,
  partitions: readonly Omit<GroupOffset, 'offset'>[],
): Promise<GroupOffset[]> {
  const topics = byTopic(partitions).map(([name, ofTopic]) => ({
    name,
    partitionIndexes: ofTopic.map(({ partition }) => partition),
  }));
  const response = await ask(connection, `offsets of group '${groupId}'`, () =>
    offsetFetchV1.api.async(connection.raw, [{ groupId, topics }], false),
  );
  return (response.topics ?? []).flatMap(({ name, partitions: found }) =>
    found.flatMap(({ partitionIndex, committedOffset }) =>
      committedOffset < 0n ? [] : [{ topic: name, partition: partitionIndex, offset: Number(committedOffset) }],
    ),
  );
}

const byTopic = <Partition extends { readonly topic: string }>(partitions: readonly Partition[]) => [
  ...Map.groupBy(partitions, ({ topic }) => topic),
];

/** @throws MillraceError `unavailable`, with Kafka's name of the error in `context.kafkaError` where it answered one. */
async function ask<Answer>(
  connection: BrokerConnection,
  what: string,
  request: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    const code = firstError(error)?.apiCode;
    throw code === undefined ? connectionError(connection.address, error) : brokerError(what, code);
  }
}

/** Kafka's name of what a broker answered to us; undefined when it did not answer. */
export function groupError(error: unknown): string | undefined {
  return error instanceof MillraceError ? (error.context.kafkaError as string | undefined) : undefined;
}

function firstError(error: unknown): { readonly apiId?: string; readonly apiCode?: number } | undefined {
  return error instanceof ResponseError ? error.errors[0] : undefined;
}
