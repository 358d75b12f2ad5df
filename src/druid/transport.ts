/** Single requests to single servers, over kept-alive connections, with our login. */

import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { MillraceError } from '../errors.ts';
import type { Login, LoginHeaders } from './login.ts';
import { canBeRepeated, type DruidRequest, type DruidResponse, discard } from './request.ts';

const connectTimeoutMs = 5_000;
/** Below the 5 minutes of Druid's own servers and the minute of most proxies before them, so that no connection is used as it closes. */
const keepAliveMs = 30_000;
/** To each server; each is a request under way. */
export const maxConnections = 512;

export class Transport {
  readonly #login: Login;
  readonly #agent: Agent;

  /** @param tls for addresses of `https` */
  constructor(login: Login, tls: ConnectionOptions) {
    this.#login = login;
    this.#agent = new Agent({
      connect: { timeout: connectTimeoutMs, ...tls },
      connections: maxConnections,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      // How long a query may take is said in its context.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Rejects with what the connection failed with, or with the MillraceError of a login that is refused. */
  async send(server: URL, request: DruidRequest): Promise<DruidResponse> {
    if (request.headers?.authorization !== undefined) return this.#exchange(server, request);
    const attempt = await this.#login.attempt(server);
    const response = await this.#exchange(server, request, attempt.headers);
    try {
      const { headers, isStale } = await attempt.answered(response.status, response.headers);
      if (!isStale) return { ...response, headers };
    } catch (error) {
      discard(response);
      throw error;
    }
    discard(response);
    if (canBeRepeated(request)) return this.send(server, request);
    throw new MillraceError('unavailable', `${response.address} wanted a new login, and has it now; send it again`, {
      retryAfterSeconds: 1,
    });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #exchange(server: URL, request: DruidRequest, more: LoginHeaders = {}): Promise<DruidResponse> {
    const base = server.pathname.replace(/\/$/, '');
    const { statusCode, headers, body, trailers } = await this.#agent.request({
      origin: server.origin,
      path: base + request.path,
      method: request.method as Dispatcher.HttpMethod,
      headers: joined(request.headers, more),
      body: unread(request.body),
      signal: request.signal ?? null,
    });
    return { status: statusCode, headers, body, trailers, address: server.origin + base };
  }
}

/** Cookies of the client's own stay beside ours. */
function joined(headers: OutgoingHttpHeaders = {}, ours: LoginHeaders): OutgoingHttpHeaders {
  const { cookie } = headers;
  if (ours.cookie === undefined || cookie === undefined) return { ...headers, ...ours };
  return { ...headers, ...ours, cookie: `${String(cookie)}; ${ours.cookie}` };
}

/** A stream that a failed connection must leave as it is, for the next. */
function unread(body: DruidRequest['body']): Dispatcher.DispatchOptions['body'] {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body ?? null;
  return body.iterator({ destroyOnReturn: false }) as unknown as Readable;
}
