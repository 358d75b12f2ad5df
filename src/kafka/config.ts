/**
 * Kafka's consumer and producer properties, as Java's clients name them, as connection settings.
 * https://kafka.apache.org/documentation/#consumerconfigs
 */
import { invalidInput } from '../errors.ts';
import type { Address, BrokerOptions } from './connections.ts';
import type { RecordColumns } from './describe.ts';
import { type ProducerSettings, parseProducer } from './producer-config.ts';
import { count, invalidProperty, type KafkaProperties, text } from './properties.ts';
import { saslLogin } from './security/sasl.ts';
import { tlsOptions } from './security/tls.ts';

export interface FetchSettings {
  /** `isolation.level`; read_committed unless set, as in Druid (Kafka's own default is read_uncommitted). */
  readonly isolation: 'read_committed' | 'read_uncommitted';
  /** `fetch.max.bytes`: of one answer of one broker. */
  readonly maxBytes: number;
  /** `max.partition.fetch.bytes` */
  readonly maxPartitionBytes: number;
  /** `fetch.min.bytes` */
  readonly minBytes: number;
  /** `fetch.max.wait.ms`: how long a broker waits for `minBytes`. */
  readonly maxWaitMs: number;
  /** `retry.backoff.ms`, `retry.backoff.max.ms`: before what failed is tried again; doubled each time. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Of answers whose batches were not released: beyond that nothing more is fetched. No property of Kafka's. */
  readonly maxHeldBytes: number;
  /** What of a record stands in its line beside the value; nothing unless it is set. No property of Kafka's. */
  readonly columns?: RecordColumns | undefined;
}

export interface ClusterConfig {
  readonly bootstrap: readonly Address[];
  readonly clientId: string;
  readonly connection: BrokerOptions;
  readonly fetch: FetchSettings;
  readonly produce: ProducerSettings;
}

/** @throws MillraceError `invalidInput` or `unsupported`, with the property. */
export function parseConfig(properties: KafkaProperties): ClusterConfig {
  const protocol = text(properties, 'security.protocol')?.toUpperCase() ?? 'PLAINTEXT';
  if (!/^(SASL_)?(PLAINTEXT|SSL)$/.test(protocol)) {
    throw invalidProperty('security.protocol', protocol, 'PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL');
  }
  const isolation = text(properties, 'isolation.level')?.toLowerCase() ?? 'read_committed';
  if (isolation !== 'read_committed' && isolation !== 'read_uncommitted') {
    throw invalidProperty('isolation.level', isolation, 'read_committed or read_uncommitted');
  }
  const requestTimeoutMs = count(properties, 'request.timeout.ms', 30_000);
  const maxWaitMs = count(properties, 'fetch.max.wait.ms', 500);
  return {
    bootstrap: bootstrapServers(properties),
    clientId: text(properties, 'client.id') ?? 'millrace',
    connection: {
      connectTimeoutMs: count(properties, 'socket.connection.setup.timeout.ms', 10_000),
      // What the broker may wait does not count as silence.
      requestTimeoutMs: requestTimeoutMs + maxWaitMs,
      ...(protocol.endsWith('SSL') && { tls: tlsOptions(properties) }),
      ...(protocol.startsWith('SASL') && { login: saslLogin(properties) }),
    },
    fetch: {
      isolation,
      maxBytes: count(properties, 'fetch.max.bytes', 8 * 2 ** 20),
      maxPartitionBytes: count(properties, 'max.partition.fetch.bytes', 2 ** 20),
      minBytes: count(properties, 'fetch.min.bytes', 1),
      maxWaitMs,
      backoffMs: count(properties, 'retry.backoff.ms', 100),
      maxBackoffMs: count(properties, 'retry.backoff.max.ms', 1000),
      maxHeldBytes: 64 * 2 ** 20,
    },
    produce: parseProducer(properties),
  };
}

function bootstrapServers(properties: KafkaProperties): Address[] {
  const name = 'bootstrap.servers';
  const servers = text(properties, name) ?? '';
  const addresses = servers
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '')
    .map((server) => {
      // A security protocol before it, as in a broker's listeners, is tolerated by Kafka.
      const match = /^(?:\w+:\/\/)?(?:\[([^\]]+)\]|([^:\s/]+)):(\d{1,5})$/.exec(server);
      if (match === null) throw invalidProperty(name, server, 'host:port, or several of them with commas');
      return { host: (match[1] ?? match[2]) as string, port: Number(match[3]) };
    });
  if (addresses.length === 0) throw invalidInput(`'${name}' is missing: Kafka's brokers, as host:port,host:port`);
  return addresses;
}
