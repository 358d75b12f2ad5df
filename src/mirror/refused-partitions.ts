/**
 * Partitions of which the target has refused a batch, or would: a timestamp too far ahead, for example, or a record that is too large; or a damaged one of the source. They rest, and are
 * tried again later: the time may come, or somebody changes the topic. Until then the lane goes on without them; in a transaction one
 * refused batch spoils those of all.
 */
import type { MillraceError } from '../errors.ts';
import { partitionKey } from '../kafka/index.ts';

/** What Kafka answers where it is the batch that it does not want. https://kafka.apache.org/protocol.html#protocol_error_codes */
const refusals: ReadonlySet<unknown> = new Set([
  'CORRUPT_MESSAGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'MESSAGE_TOO_LARGE',
  'POLICY_VIOLATION',
  'RECORD_LIST_TOO_LARGE',
  'TOPIC_AUTHORIZATION_FAILED',
]);

const firstRestMs = 10_000;
const longestRestMs = 10 * 60_000;

interface Rest {
  readonly error: MillraceError;
  readonly restMs: number;
  /** On performance.now()'s clock. */
  readonly endsAt: number;
}

/** Of a lane, from session to session. */
export class RefusedPartitions {
  /** By topic and partition of the target. */
  readonly #rests = new Map<string, Rest>();

  /** What ended a session. @returns whether it was one partition's fault, which rests now. */
  note(error: MillraceError): boolean {
    const { kafkaError, topic, partition } = error.context;
    if (!refusals.has(kafkaError) || typeof topic !== 'string' || typeof partition !== 'number') return false;
    this.rest(topic, partition, error);
    return true;
  }

  /** The partition of the target rests from now on, longer each time. */
  rest(topic: string, partition: number, error: MillraceError): void {
    const key = partitionKey(topic, partition);
    const restMs = Math.min(longestRestMs, 2 * (this.#rests.get(key)?.restMs ?? firstRestMs / 2));
    this.#rests.set(key, { error, restMs, endsAt: performance.now() + restMs });
  }

  /** Why the partition of the target rests, and for how long still; undefined when it does not. */
  restOf(topic: string, partition: number): { readonly error: MillraceError; readonly leftMs: number } | undefined {
    const rest = this.#rests.get(partitionKey(topic, partition));
    const leftMs = (rest?.endsAt ?? 0) - performance.now();
    return rest === undefined || leftMs <= 0 ? undefined : { error: rest.error, leftMs };
  }
}
