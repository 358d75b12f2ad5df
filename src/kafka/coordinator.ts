/** A connection to the broker that coordinates a group; found out anew whenever that is another one. */
import { MillraceError } from '../errors.ts';
import { type Address, BrokerConnection, type BrokerOptions } from './connections.ts';
import type { GroupSettings } from './group-config.ts';
import { groupError } from './group-requests.ts';
import type { ClusterMetadata } from './metadata.ts';

export interface CoordinatorOptions {
  readonly cluster: {
    metadata(topics: readonly string[] | RegExp): Promise<ClusterMetadata>;
    coordinator(groupId: string): Promise<Address>;
  };
  readonly clientId: string;
  readonly connection: BrokerOptions;
  readonly settings: GroupSettings;
}

type Request<Answer> = (connection: BrokerConnection) => Promise<Answer>;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  #connection: Promise<BrokerConnection> | undefined;
  #isClosed = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  /**
   * @throws MillraceError `unavailable`; the next request looks for the coordinator again when this one was none. `conflict` once
   * it is closed.
   */
  async ask<Answer>(request: Request<Answer>): Promise<Answer> {
    if (this.#isClosed) throw hasLeft(this.#options.settings);
    this.#connection ??= this.#connect();
    const connecting = this.#connection;
    try {
      return await request(await connecting);
    } catch (error) {
      const hasMoved = /COORDINATOR/.test(groupError(error) ?? 'no answer of a COORDINATOR');
      if (hasMoved && this.#connection === connecting) this.disconnect();
      throw error;
    }
  }

  /** What is asked for longer than this is given up. */
  async askWithin<Answer>(ms: number, request: Request<Answer>): Promise<Answer> {
    const late = new MillraceError('unavailable', `Kafka's group coordinator did not answer in ${ms} ms`);
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(late), ms);
    return Promise.race([this.ask(request), timeout]).finally(() => clearTimeout(timer));
  }

  /** Requests that wait for their answers fail. */
  disconnect(): void {
    this.#connection?.then(
      (connection) => connection.close(),
      () => {},
    );
    this.#connection = undefined;
  }

  /** For good: what is asked later would open a connection that nobody closes. */
  close(): void {
    this.#isClosed = true;
    this.disconnect();
  }

  async #connect(): Promise<BrokerConnection> {
    const { cluster, clientId, connection, settings } = this.#options;
    const address = await cluster.coordinator(settings.groupId);
    // Who joins is answered when all have come.
    const requestTimeoutMs = settings.rebalanceTimeoutMs + connection.requestTimeoutMs;
    return BrokerConnection.open(address, clientId, { ...connection, requestTimeoutMs });
  }
}

const hasLeft = ({ groupId }: GroupSettings) =>
  new MillraceError('conflict', `this member has left group '${groupId}', which gives its partitions to others`);
