/** A server's address, from when it listens until it is closed. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MillraceError } from '../errors.ts';

export type Server = FastifyInstance;

export interface Address {
  readonly port: number;
  readonly host: string;
  /** What the port was set by, for the message when it cannot be had. */
  readonly setting: string;
}

/**
 * @returns the port, which is a free one where 0 was asked for.
 * @throws MillraceError `environment` when the port cannot be had.
 */
export async function listen(server: Server, { port, host, setting }: Address): Promise<number> {
  try {
    await server.listen({ port, host });
  } catch (error) {
    throw unavailableAddress((error as NodeJS.ErrnoException).code, { port, host, setting }) ?? error;
  }
  return (server.server.address() as AddressInfo).port;
}

function unavailableAddress(code: string | undefined, { port, host, setting }: Address): MillraceError | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return unusable(`port ${port} is in use; stop what listens there, or choose another port with ${setting}`);
    case 'EACCES':
      return unusable(`port ${port} may not be used by this user; choose one above 1023 with ${setting}`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return unusable(`'${host}' is no address of this machine; choose another one with --host`);
    default:
      return undefined;
  }
}

const unusable = (message: string) => new MillraceError('environment', message);

/** Stops listening and lets requests under way end, those that take longer than `graceMs` without an answer. */
export async function close(server: Server, graceMs: number): Promise<void> {
  const http = server.server;
  // A kept-alive connection becomes idle when its last answer is out, which the one look of `close` misses.
  const idle = setInterval(() => http.closeIdleConnections(), 20);
  const end = setTimeout(() => http.closeAllConnections(), graceMs);
  try {
    await server.close();
  } finally {
    clearInterval(idle);
    clearTimeout(end);
  }
}
