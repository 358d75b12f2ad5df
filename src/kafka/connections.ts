/** Open connections to brokers, one to each address, with what each broker understands. */
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Connection } from '@platformatic/kafka';
import { MillraceError, unsupported } from '../errors.ts';
import { framedConnection } from './framed-connection.ts';
import { Frames, type WireRequest } from './frames.ts';
import { apiVersionsV0, TimeoutError } from './library.ts';
import { openSocket } from './open-socket.ts';
import { connectionError } from './protocol-errors.ts';
import { openingError } from './security/failures.ts';
import type { Login } from './security/login.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface BrokerOptions {
  /** Milliseconds within which a connection is made, with its login. */
  readonly connectTimeoutMs: number;
  /** Milliseconds without an answer after which a connection is given up. */
  readonly requestTimeoutMs: number;
  /** Undefined: in the clear. */
  readonly tls?: ConnectionOptions;
  /** For brokers that want one. */
  readonly login?: Login;
}

const formatAddress = ({ host, port }: Address) => `${host}:${port}`;

/** By the key of a request. */
type Versions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>;

interface OpenConnection {
  readonly socket: Socket;
  readonly frames: Frames;
  readonly raw: Connection;
  readonly address: string;
  readonly versions: Versions;
  readonly sessionMs: number | undefined;
}

export class BrokerConnection {
  /** For the requests of @platformatic/kafka. */
  readonly raw: Connection;
  readonly address: string;
  /** For how long the broker takes requests, in milliseconds; undefined: for ever. */
  readonly sessionMs: number | undefined;
  readonly #socket: Socket;
  readonly #frames: Frames;
  readonly #versions: Versions;

  private constructor({ socket, frames, raw, address, versions, sessionMs }: OpenConnection) {
    this.#socket = socket;
    this.#frames = frames;
    this.raw = raw;
    this.address = address;
    this.#versions = versions;
    this.sessionMs = sessionMs;
  }

  /** @throws MillraceError `unavailable`, or `environment` where a login needs what is not there, with the reason. */
  static async open(broker: Address, clientId: string, options: BrokerOptions): Promise<BrokerConnection> {
    const address = formatAddress(broker);
    const { login, tls, connectTimeoutMs, requestTimeoutMs } = options;
    login?.checkPause(address);
    const frames = new Frames({ clientId, address, requestTimeoutMs });
    const opening = new AbortController();
    const tooSlow = () => opening.abort(new TimeoutError(`no connection to ${address} in ${connectTimeoutMs} ms`));
    const timer = setTimeout(tooSlow, connectTimeoutMs);
    let isLoggingIn = false;
    try {
      const socket = await openSocket({ ...broker, tls, onread: frames.onread }, opening.signal);
      frames.begin(socket);
      const raw = framedConnection(broker.host, frames);
      const { apiKeys } = await apiVersionsV0.api.async(raw, '', '');
      const versions = new Map(apiKeys.map((api) => [api.apiKey, api]));
      isLoggingIn = login !== undefined;
      const sessionMs = await login?.logIn(raw, versions);
      login?.passed(address);
      return new BrokerConnection({ socket, frames, raw, address, versions, sessionMs });
    } catch (error) {
      frames.close();
      // Whoever waits for an answer hears that the connection broke; this says why.
      const explained = openingError({ address, error: frames.brokenBy ?? error, login, isLoggingIn });
      if ('refusedLogin' in explained.context) login?.refused(address, explained);
      throw explained;
    } finally {
      clearTimeout(timer);
    }
  }

  knows(apiKey: number, version: number): boolean {
    const theirs = this.#versions.get(apiKey);
    return theirs !== undefined && theirs.minVersion <= version && version <= theirs.maxVersion;
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
  async send<Response>(request: WireRequest<Response>): Promise<Response> {
    try {
      return await this.#frames.send(request);
    } catch (error) {
      throw connectionError(this.address, error);
    }
  }

  /** The broker reads nothing more for so long: what was asked already has that much longer. */
  postpone(ms: number): void {
    this.#frames.postpone(ms);
  }

  onClose(closed: () => void): void {
    this.#socket.once('close', closed);
  }

  /** What is written goes out; what waits for an answer fails. */
  close(): void {
    this.#socket.destroySoon();
  }
}

/** Of a session, after which a new one is begun; what is under way then has the rest of it. */
const usedSession = 0.8;
const longestTimerMs = 2 ** 31 - 1;

export class Connections {
  readonly #clientId: string;
  readonly #options: BrokerOptions;
  readonly #current = new Map<string, Promise<BrokerConnection>>();
  readonly #all = new Set<BrokerConnection>();
  #isClosed = false;

  constructor(clientId: string, options: BrokerOptions) {
    this.#clientId = clientId;
    this.#options = options;
  }

  /** The connection to this broker; a new one where there was none, it broke, or its session is about to end. */
  to(address: Address): Promise<BrokerConnection> {
    // Who still goes through a list of addresses would leave one open.
    if (this.#isClosed)
      return Promise.reject(new MillraceError('cancelled', 'Kafka is not asked any more: it was closed'));
    const key = formatAddress(address);
    const current = this.#current.get(key);
    if (current) return current;
    const opening = BrokerConnection.open(address, this.#clientId, this.#options);
    this.#current.set(key, opening);
    const forget = () => {
      if (this.#current.get(key) === opening) this.#current.delete(key);
    };
    opening.then((connection) => this.#keep(connection, forget), forget);
    return opening;
  }

  #keep(connection: BrokerConnection, forget: () => void): void {
    this.#all.add(connection);
    connection.onClose(() => {
      this.#all.delete(connection);
      forget();
    });
    if (connection.sessionMs === undefined) return;
    const retire = () => {
      forget();
      // By then all that was asked on it was answered, or given up.
      setTimeout(() => connection.close(), this.#options.requestTimeoutMs).unref();
    };
    setTimeout(retire, Math.min(connection.sessionMs * usedSession, longestTimerMs)).unref();
  }

  /** Breaks off what is under way: requests that wait fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#current.values());
    this.#current.clear();
    for (const connection of this.#all) connection.close();
  }
}
