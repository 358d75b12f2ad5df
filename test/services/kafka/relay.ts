/**
 * A network between clients and a broker that is slow, or cut for a while: bytes are late, and none is lost, as TCP has it. As a
 * child process (`forkRelay`) it takes nothing of the time of those who measure beside it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { OneWay } from './one-way.ts';

export interface RelayOptions {
  /** Of localhost. */
  readonly port: number;
  /** Where it leads, on localhost. */
  readonly to: number;
  /** How long each byte is on its way, there and back. */
  readonly delayMs?: number;
}

export class Relay {
  readonly #server: Server;
  readonly #options: RelayOptions;
  readonly #ways = new Set<OneWay>();
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(server: Server, options: RelayOptions) {
    this.#server = server;
    this.#options = options;
  }

  static async open(options: RelayOptions): Promise<Relay> {
    const server = createServer({ noDelay: true });
    const relay = new Relay(server, options);
    server.on('connection', (client) => relay.#join(client));
    server.listen(options.port, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  /** From now on nothing arrives, and no connection ends. */
  cut(): void {
    this.#isCut = true;
    for (const way of this.#ways) way.hold();
  }

  /** What was held arrives. */
  heal(): void {
    this.#isCut = false;
    for (const way of this.#ways) way.release();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const broker = connect({ port: this.#options.to, host: '127.0.0.1', noDelay: true });
    const { delayMs = 0 } = this.#options;
    const ways = [new OneWay(client, broker, delayMs), new OneWay(broker, client, delayMs)];
    for (const way of ways) {
      this.#ways.add(way);
      if (this.#isCut) way.hold();
    }
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
    }
    const end = () => {
      for (const way of ways) this.#ways.delete(way);
    };
    client.on('close', end);
  }
}

/** The relay in a process of its own; killed to end it. */
export async function forkRelay(options: RelayOptions): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.url));
  child.send(options);
  await once(child, 'message');
  return child;
}

if (import.meta.main) {
  const [options] = (await once(process, 'message')) as [RelayOptions];
  await Relay.open(options);
  process.send?.('open');
  process.once('disconnect', () => process.exit());
}
