/** Open connections to brokers, one to each address, with what each broker understands. */
import { apiVersionsV0, Connection, type ConnectionOptions, type Reader, type Writer } from '@platformatic/kafka';
import { MillraceError, unsupported } from '../errors.ts';
import { connectionError } from './protocol-errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const formatAddress = ({ host, port }: Address) => `${host}:${port}`;

/** A request of the wire protocol; https://kafka.apache.org/protocol.html has the keys. */
export interface WireRequest<Response> {
  readonly apiKey: number;
  readonly version: number;
  /** Whether the version has tagged fields. */
  readonly isFlexible: boolean;
  write(): Writer;
  /** Where the answer's body is put; by default into a new buffer. */
  allocate?(size: number): Buffer;
  /** Reads the answer's body, which is in one piece, and the reader's own. */
  read(body: Buffer): Response;
}

/** By the key of a request. */
type Versions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

export class BrokerConnection {
  /** For the requests of @platformatic/kafka. */
  readonly raw: Connection;
  readonly address: string;
  readonly #versions: Versions;

  private constructor(raw: Connection, address: string, versions: Versions) {
    this.raw = raw;
    this.address = address;
    this.#versions = versions;
  }

  /** @throws MillraceError `unavailable`, with the reason. */
  static async open(address: Address, clientId: string, options: ConnectionOptions): Promise<BrokerConnection> {
    const connection = new Connection(clientId, options);
    // Whoever waits for an answer hears of it; nobody else has to.
    connection.on('error', () => {});
    try {
      await connection.connect(address.host, address.port);
      const { apiKeys } = await apiVersionsV0.api.async(connection, '', '');
      const versions = new Map(apiKeys.map((api) => [api.apiKey, api]));
      return new BrokerConnection(connection, formatAddress(address), versions);
    } catch (error) {
      void connection.close();
      throw connectionError(formatAddress(address), error);
    }
  }

  /** The highest version of a request that both sides know. */
  version(apiKey: number, oldest: number, newest: number): number {
    const theirs = this.#versions.get(apiKey);
    const version = Math.min(newest, theirs?.maxVersion ?? -1);
    if (theirs === undefined || version < oldest || newest < theirs.minVersion) {
      throw unsupported(
        `the broker at ${this.address} knows versions ${theirs?.minVersion}–${theirs?.maxVersion} of Kafka's request ` +
          `${apiKey}, we ${oldest}–${newest}: a Kafka of version 0.11 or newer is needed`,
      );
    }
    return version;
  }

  /** @throws MillraceError `unavailable` when the connection breaks. */
  send<Response>(request: WireRequest<Response>): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.raw.send<Response>(
        request.apiKey,
        request.version,
        () => request.write(),
        (_correlationId, _apiKey, _version, reader) => request.read(bodyOf(reader, request)),
        request.isFlexible,
        request.isFlexible,
        (error, response) => {
          if (error) reject(connectionError(this.address, error));
          else resolve(response as Response);
        },
      );
    });
  }

  close(): void {
    void this.raw.close();
  }
}

/** The rest of what is to be read, out of the many chunks in which the socket brought it. */
function bodyOf(reader: Reader, request: WireRequest<unknown>): Buffer {
  const body = request.allocate?.(reader.remaining) ?? Buffer.allocUnsafeSlow(reader.remaining);
  let at = 0;
  for (const chunk of reader.buffer.subarray(reader.position).buffers) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

export class Connections {
  readonly #clientId: string;
  readonly #options: ConnectionOptions;
  readonly #open = new Map<string, Promise<BrokerConnection>>();
  #isClosed = false;

  constructor(clientId: string, options: ConnectionOptions) {
    this.#clientId = clientId;
    this.#options = options;
  }

  /** The connection to this broker; a new one where there was none, or it broke. */
  to(address: Address): Promise<BrokerConnection> {
    // Who still goes through a list of addresses would leave one open.
    if (this.#isClosed)
      return Promise.reject(new MillraceError('cancelled', 'Kafka is not asked any more: it was closed'));
    const key = formatAddress(address);
    const open = this.#open.get(key);
    if (open) return open;
    const opening = BrokerConnection.open(address, this.#clientId, this.#options);
    this.#open.set(key, opening);
    const forget = () => {
      if (this.#open.get(key) === opening) this.#open.delete(key);
    };
    opening.then(({ raw }) => raw.once('close', forget), forget);
    return opening;
  }

  /** Breaks off what is under way: requests that wait fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const opening = [...this.#open.values()];
    this.#open.clear();
    for (const connection of await Promise.allSettled(opening)) {
      if (connection.status === 'fulfilled') connection.value.close();
    }
  }
}
