/** A source topic, and where its records go. */
import type { MillraceError } from '../../errors.ts';

export interface MirroredTopic {
  readonly topic: string;
  /** Another one when the topic was deleted and created again; undefined before Kafka 2.8. */
  readonly topicId: string | undefined;
  /** Those from 0 on that the source and the remote topic both have. */
  readonly partitions: number;
  /** Its name on the target. */
  readonly remoteTopic: string;
  readonly remoteTopicId: string | undefined;
  /** `max.message.bytes` of the remote topic: it refuses larger batches. Kafka's default where the target does not tell. */
  readonly targetMaxMessageBytes: number;
}

/** A topic that is not mirrored as it should be; tried again at each refresh. */
export interface TopicProblem {
  readonly topic: string;
  readonly remoteTopic: string;
  /**
   * `refused`: the target does not let it be created, or given partitions; those that it has go on. `recreated`: it is another topic of the
   * same name now. `loop`: its records were on the target before; with two flows in opposite directions, and the same names on both sides,
   * that is as it should be of whatever the other one brings.
   */
  readonly kind: 'refused' | 'recreated' | 'loop';
  readonly error: MillraceError;
}
