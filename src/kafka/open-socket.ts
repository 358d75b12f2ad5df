/** A socket to a broker, in the clear or by TLS. */
import { once } from 'node:events';
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectByTls } from 'node:tls';

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined: in the clear. */
  readonly tls: ConnectionOptions | undefined;
  /** Where what comes is read to. */
  readonly onread: OnReadOpts;
}

/**
 * Settles once it is connected, and TLS is agreed on.
 * @param signal breaks it off with its reason, also later.
 * @throws what the system or OpenSSL says.
 */
export async function openSocket({ tls, ...to }: SocketOptions, signal: AbortSignal): Promise<Socket> {
  // A certificate is looked for by name; TLS has no such thing for an address.
  const name = isIP(to.host) === 0 ? { servername: to.host } : {};
  const socket = tls === undefined ? connect(to) : connectByTls({ ...tls, ...name, ...to });
  signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
  socket.setNoDelay(true);
  await once(socket, tls === undefined ? 'connect' : 'secureConnect');
  return socket;
}
