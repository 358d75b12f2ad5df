/** A producer's properties, as Java's clients name them: https://kafka.apache.org/documentation/#producerconfigs */
import { type Codec, codecs } from './compression.ts';
import { count, invalidProperty, type KafkaProperties, text } from './properties.ts';

export interface ProducerSettings {
  /** `compression.type`: of the batches that are made of lines. */
  readonly codec: Codec;
  /** `batch.size`: what such a batch holds at most, before it is compressed. Kafka's own default is 16 KiB. */
  readonly batchBytes: number;
  /** `max.request.size`: of one request's batches; a larger batch goes alone. */
  readonly maxRequestBytes: number;
  /** `buffer.memory`: of all batches that are not acknowledged; beyond that a batch is refused. */
  readonly bufferBytes: number;
  /**
   * `max.in.flight.requests.per.connection`, 5 at most as a property: as many batches a broker remembers of a producer. Where it can be asked
   * how far it has come (Kafka 2.8), {@link Cluster.producer} can be given more.
   */
  readonly maxInFlight: number;
  /**
   * Whether what waits behind a batch that is given up is given up with it: for whoever sends it all again, so that nothing overtakes. No
   * property of Kafka's.
   */
  readonly failsTogether: boolean;
  /** `delivery.timeout.ms`: how long a batch is tried. Kafka's own default is two minutes. */
  readonly deliveryTimeoutMs: number;
  /** `request.timeout.ms`: how long the broker waits for its replicas. */
  readonly requestTimeoutMs: number;
  /** `retry.backoff.ms`, `retry.backoff.max.ms`: before what failed is tried again; doubled each time. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

const mebibyte = 2 ** 20;
const mostInFlight = 5;

/** @throws MillraceError `invalidInput`, with the property. */
export function parseProducer(properties: KafkaProperties): ProducerSettings {
  const acks = text(properties, 'acks') ?? 'all';
  if (acks !== 'all' && acks !== '-1') throw invalidProperty('acks', acks, 'all: what is acknowledged has to be safe');
  const codec = codecs.find((name) => name === (text(properties, 'compression.type') ?? 'none').toLowerCase());
  if (codec === undefined)
    throw invalidProperty('compression.type', String(properties['compression.type']), codecs.join(', '));
  const inFlight = 'max.in.flight.requests.per.connection';
  const maxInFlight = count(properties, inFlight, mostInFlight);
  if (maxInFlight < 1 || maxInFlight > mostInFlight)
    throw invalidProperty(inFlight, String(maxInFlight), `1 to ${mostInFlight}`);
  return {
    codec,
    batchBytes: count(properties, 'batch.size', mebibyte),
    maxRequestBytes: count(properties, 'max.request.size', mebibyte),
    bufferBytes: count(properties, 'buffer.memory', 128 * mebibyte),
    maxInFlight,
    failsTogether: false,
    deliveryTimeoutMs: count(properties, 'delivery.timeout.ms', 30_000),
    requestTimeoutMs: count(properties, 'request.timeout.ms', 30_000),
    backoffMs: count(properties, 'retry.backoff.ms', 100),
    maxBackoffMs: count(properties, 'retry.backoff.max.ms', 1000),
  };
}
