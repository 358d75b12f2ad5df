/**
 * DescribeConfigs and IncrementalAlterConfigs: how topics are configured.
 * https://kafka.apache.org/protocol.html#The_Messages_DescribeConfigs
 */

import type { MillraceError } from '../../errors.ts';
import { answerOf } from '../answer.ts';
import type { BrokerConnection } from '../connections.ts';
import {
  ConfigResourceTypes,
  ConfigSources,
  describeConfigsV1,
  incrementalAlterConfigsV0,
  IncrementalAlterConfigOperationTypes as operations,
} from '../library.ts';
import { brokerError, errorCodes } from '../protocol-errors.ts';

/** A property of a topic's configuration. https://kafka.apache.org/documentation/#topicconfigs */
export interface TopicConfig {
  readonly name: string;
  /** Null where it is secret. */
  readonly value: string | null;
  /** Where the value is from: of this topic; of the brokers, set while they ran (`cluster`) or in their file (`broker`); Kafka's own. */
  readonly source: 'topic' | 'cluster' | 'broker' | 'default';
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
}

/** One topic's answer: what it asked for, or why Kafka does not give it. */
export type TopicAnswer<Answer> = ReadonlyMap<string, Answer | MillraceError>;

/** A change of a topic's own configuration: to this value, or (null) back to what the brokers have. */
export type ConfigChanges = Readonly<Record<string, string | null>>;

const sources: Readonly<Record<number, TopicConfig['source']>> = {
  [ConfigSources.DYNAMIC_TOPIC_CONFIG]: 'topic',
  [ConfigSources.DYNAMIC_BROKER_CONFIG]: 'cluster',
  [ConfigSources.DYNAMIC_DEFAULT_BROKER_CONFIG]: 'cluster',
  [ConfigSources.STATIC_BROKER_CONFIG]: 'broker',
};

/**
 * @param names of the properties; all by default.
 * @throws MillraceError `unavailable` when the broker does not answer.
 */
export async function describeTopicConfigs(
  connection: BrokerConnection,
  topics: readonly string[],
  names?: readonly string[],
): Promise<TopicAnswer<readonly TopicConfig[]>> {
  connection.version(32, 1, 1);
  const configurationKeys = names ? [...names] : null;
  const asked = topics.map((resourceName) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName,
    configurationKeys,
  }));
  const { results } = await answerOf(connection, () => describeConfigsV1.api.async(connection.raw, asked));
  return new Map(
    results.map(({ resourceName, errorCode, errorMessage, configs }) => [
      resourceName,
      refusal(resourceName, errorCode, errorMessage) ??
        configs.map(({ name, value, configSource, readOnly, isSensitive }) => ({
          name,
          value: value ?? null,
          source: sources[configSource] ?? 'default',
          isReadOnly: readOnly,
          isSensitive,
        })),
    ]),
  );
}

/**
 * Changes these properties, and leaves others as they are. From Kafka 2.3 on.
 * @returns by topic, why Kafka did not; undefined where it did.
 * @throws MillraceError `unavailable` when the broker does not answer; `unsupported` when it is too old.
 */
export async function alterTopicConfigs(
  connection: BrokerConnection,
  changes: ReadonlyMap<string, ConfigChanges>,
): Promise<TopicAnswer<undefined>> {
  connection.version(44, 0, 0);
  const asked = [...changes].map(([resourceName, properties]) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName,
    configs: Object.entries(properties).map(([name, value]) => ({
      name,
      configOperation: value === null ? operations.DELETE : operations.SET,
      value,
    })),
  }));
  const request = () => incrementalAlterConfigsV0.api.async(connection.raw, asked, false);
  const { responses } = await answerOf(connection, request);
  return new Map(
    responses.map(({ resourceName, errorCode, errorMessage }) => [
      resourceName,
      refusal(resourceName, errorCode, errorMessage),
    ]),
  );
}

function refusal(topic: string, code: number, message: string | null | undefined): MillraceError | undefined {
  if (code === errorCodes.none) return undefined;
  const what = `configuration of topic '${topic}'`;
  return brokerError(message ? `${what} (${message})` : what, code);
}
