/**
 * A firehose: where a realtime node's events come from. One type, one file. What each comes down to is a list of sources, so that
 * firehoses around other firehoses need no code that runs.
 * https://github.com/apache/druid/blob/0.9.2/docs/content/ingestion/firehose.md
 */
import type { z } from 'zod';
import type { Interval } from '../../catalog/time.ts';
import type { KafkaProperties } from '../../kafka/index.ts';
import type { Stream } from '../stream.ts';

interface Limits {
  /** Only events whose time lies in all of these are taken. */
  readonly clips: readonly Interval[];
  /** Nothing is taken from this time on, in milliseconds. */
  readonly untilMs?: number;
}

/** Is read, from where it was last read to. */
export interface StreamSource extends Limits {
  readonly kind: 'stream';
  /** What its positions are kept under, among those of its dataSource. */
  readonly name: string;
  /** Where what was never read begins. */
  readonly start: 'earliest' | 'latest';
  /** Of Kafka: what it reads, which others may read in its place. */
  readonly kafka?: { readonly topic: string; readonly properties: KafkaProperties };
  /** What of its configuration means nothing today, in words. */
  readonly warnings: readonly string[];
  /** @throws MillraceError for a property that cannot be used. */
  open(): Promise<Stream>;
}

/** Is written to over HTTP. */
export interface ReceiverSource extends Limits {
  readonly kind: 'receiver';
  /** By which it is found. */
  readonly serviceName: string;
  /** Events that may wait to be taken. */
  readonly bufferSize: number;
}

export type EventSource = StreamSource | ReceiverSource;

export interface FirehoseType {
  /** `local`; `kafka-*` stands for all types that begin so. */
  readonly type: string;
  readonly summary: string;
  /** @param delegate the schema of any firehose, for those that hold others. */
  schema(delegate: z.ZodType<readonly EventSource[]>): z.ZodType<readonly EventSource[]>;
}
