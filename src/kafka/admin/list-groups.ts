/** ListGroups: the groups that a broker coordinates. https://kafka.apache.org/protocol.html#The_Messages_ListGroups */

import { answerOf } from '../answer.ts';
import type { BrokerConnection } from '../connections.ts';
import { listGroupsV0, listGroupsV4 } from '../library.ts';
import { brokerError, errorCodes } from '../protocol-errors.ts';

export interface ListedGroup {
  readonly groupId: string;
  /** As Kafka's tools write it: `Empty`, `Stable`, `PreparingRebalance` …; undefined before Kafka 2.6. */
  readonly state: string | undefined;
}

/**
 * What consumers' groups say; empty where nobody ever joined, and offsets were committed from outside. Others are Connect's, or share
 * groups, whose offsets are none.
 */
const consumerProtocols = ['consumer', ''];

/** Groups of consumers, with members or without. @throws MillraceError `unavailable`. */
export async function listGroups(connection: BrokerConnection): Promise<ListedGroup[]> {
  const { api } = connection.version(16, 0, 4) === 4 ? listGroupsV4 : listGroupsV0;
  const { errorCode, groups } = await answerOf(connection, () => api.async(connection.raw, [], []));
  if (errorCode !== errorCodes.none) throw brokerError(`the groups of ${connection.address}`, errorCode);
  return groups
    .filter(({ protocolType }) => consumerProtocols.includes(protocolType))
    .map(({ groupId, groupState }) => ({ groupId, state: groupState || undefined }));
}
