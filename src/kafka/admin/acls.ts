/** DescribeAcls and CreateAcls: who may do what with a topic. https://kafka.apache.org/protocol.html#The_Messages_DescribeAcls */

import { answerOf } from '../answer.ts';
import type { BrokerConnection } from '../connections.ts';
import {
  AclOperations,
  AclPermissionTypes,
  createAclsV1,
  describeAclsV1,
  ResourcePatternTypes,
  ResourceTypes,
} from '../library.ts';
import { brokerError, errorCodes } from '../protocol-errors.ts';

/** One entry about one topic, by its name. https://kafka.apache.org/documentation/#security_authz */
export interface TopicAcl {
  readonly topic: string;
  /** `User:name` */
  readonly principal: string;
  /** `*`: from everywhere. */
  readonly host: string;
  readonly operation: keyof typeof AclOperations;
  readonly permission: 'ALLOW' | 'DENY';
}

const operationNames = new Map(
  Object.entries(AclOperations).map(([name, code]) => [code, name as TopicAcl['operation']]),
);

/**
 * Of all topics that entries name one by one; those of prefixes are none of a topic's. From Kafka 2.0 on.
 * @throws MillraceError `unavailable`, with SECURITY_DISABLED in `context.kafkaError` where the cluster has no authorizer.
 */
export async function describeTopicAcls(connection: BrokerConnection): Promise<TopicAcl[]> {
  connection.version(29, 1, 1);
  const filter = {
    resourceType: ResourceTypes.TOPIC,
    resourceName: null,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: null,
    host: null,
    operation: AclOperations.ANY,
    permissionType: AclPermissionTypes.ANY,
  };
  const answer = await answerOf(connection, () => describeAclsV1.api.async(connection.raw, filter));
  if (answer.errorCode !== errorCodes.none) throw brokerError('the ACLs of topics', answer.errorCode);
  return answer.resources.flatMap(({ resourceName: topic, acls }) =>
    acls.map(({ principal, host, operation, permissionType }) => ({
      topic,
      principal,
      host,
      operation: operationNames.get(operation) ?? 'UNKNOWN',
      permission: permissionType === AclPermissionTypes.ALLOW ? 'ALLOW' : 'DENY',
    })),
  );
}

/**
 * Adds those that are not there yet. From Kafka 2.0 on.
 * @throws MillraceError `unavailable` when Kafka refuses one of them, with the reason; others may have been added.
 */
export async function createTopicAcls(connection: BrokerConnection, acls: readonly TopicAcl[]): Promise<void> {
  connection.version(30, 1, 1);
  const asked = acls.map(({ topic, principal, host, operation, permission }) => ({
    resourceType: ResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal,
    host,
    operation: AclOperations[operation],
    permissionType: AclPermissionTypes[permission],
  }));
  const { results } = await answerOf(connection, () => createAclsV1.api.async(connection.raw, asked));
  for (const [i, { errorCode, errorMessage }] of results.entries()) {
    if (errorCode === errorCodes.none) continue;
    const what = `an ACL of topic '${acls[i]?.topic}'`;
    throw brokerError(errorMessage ? `${what} (${errorMessage})` : what, errorCode);
  }
}
