/** A way to a broker that breaks again and again: what was sent arrives, what is answered is lost with the connection. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../../src/kafka/connections.ts';

export class FlakyRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections to it. */
  opened = 0;
  /** Those that broke. */
  broken = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param breaks asked at each piece of an answer: whether it is lost with its connection. */
  static async open(broker: Address, breaks: () => boolean): Promise<FlakyRelay> {
    const server = createServer();
    const relay = new FlakyRelay(server);
    server.on('connection', (client) => relay.#relay(client, connect(broker.port, broker.host), breaks));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get address(): Address {
    const address = this.#server.address();
    return { host: '127.0.0.1', port: typeof address === 'object' ? Number(address?.port) : 0 };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket, broker: Socket, breaks: () => boolean): void {
    this.opened++;
    const end = () => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.pipe(broker);
    broker.on('data', (answer: Buffer) => {
      if (!breaks()) {
        client.write(answer);
        return;
      }
      this.broken++;
      end();
    });
  }
}
