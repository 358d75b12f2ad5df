/** A consumer group's properties, as Java's clients name them: https://kafka.apache.org/documentation/#consumerconfigs */
import { invalidInput } from '../errors.ts';
import { count, type KafkaProperties, text } from './properties.ts';

export interface GroupSettings {
  /** `group.id` */
  readonly groupId: string;
  /** `group.instance.id`: a lasting name, under which a member that comes back in time finds its partitions. Kafka 2.3 and newer. */
  readonly instanceId: string | null;
  /** `session.timeout.ms`: after so long without a sign of life the coordinator takes the member for dead. */
  readonly sessionTimeoutMs: number;
  /** `heartbeat.interval.ms`: how soon a member hears that the group shares out anew; all wait for it. Kafka's own default is 3000. */
  readonly heartbeatIntervalMs: number;
  /** `max.poll.interval.ms`: how long the others wait for a member that has to give up its share. */
  readonly rebalanceTimeoutMs: number;
  /** `metadata.max.age.ms`: how often new topics and partitions are looked for. Kafka's own default is five minutes. */
  readonly metadataMaxAgeMs: number;
}

/** @throws MillraceError `invalidInput`, with the property. */
export function parseGroup(properties: KafkaProperties): GroupSettings {
  const groupId = text(properties, 'group.id');
  if (groupId === undefined) throw invalidInput("'group.id' is missing: the name of the consumer group");
  const sessionTimeoutMs = count(properties, 'session.timeout.ms', 10_000);
  return {
    groupId,
    instanceId: text(properties, 'group.instance.id') ?? null,
    sessionTimeoutMs,
    heartbeatIntervalMs: count(properties, 'heartbeat.interval.ms', Math.min(1_000, Math.ceil(sessionTimeoutMs / 3))),
    rebalanceTimeoutMs: count(properties, 'max.poll.interval.ms', 60_000),
    metadataMaxAgeMs: count(properties, 'metadata.max.age.ms', 5_000),
  };
}
