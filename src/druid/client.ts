/** Requests to a Druid's services, over kept-alive connections. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { MillraceError } from '../errors.ts';
import { DruidError, isNotConnected, unreachable } from './errors.ts';
import type { Login } from './login.ts';
import type { Servers, Service } from './servers.ts';

export interface DruidRequest {
  readonly method: string;
  /** From the root on, with its query: `/druid/v2/sql`. */
  readonly path: string;
  /** An `authorization` among them goes in place of our own. */
  readonly headers?: OutgoingHttpHeaders;
  /** A stream is read once, and not before a server is connected to. */
  readonly body?: Uint8Array | string | Readable | undefined;
  /** Aborting ends the request, and the answer's body too. */
  readonly signal?: AbortSignal | undefined;
}

export interface DruidResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came, with its Content-Encoding. To be read to its end, or destroyed. */
  readonly body: Readable;
  /** Filled when the body has ended. */
  readonly trailers: Readonly<Record<string, string>>;
  /** Who answered, without credentials. */
  readonly address: string;
}

export interface JsonRequest {
  /** GET unless said. */
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** For the whole exchange; 60 s unless said. */
  readonly timeoutMs?: number;
}

export interface DruidParts {
  readonly servers: Servers;
  readonly login: Login;
  /** For `https` addresses. */
  readonly tls?: object | undefined;
}

const connectTimeoutMs = 5_000;
/** Below the 5 minutes of Druid's own servers and the minute of most proxies before them, so that no connection is used as it closes. */
const keepAliveMs = 30_000;
/** To each server; each is a request under way. */
const maxConnections = 512;
const jsonTimeoutMs = 60_000;
const maxJsonBytes = 64 * 1024 * 1024;

export class Druid implements AsyncDisposable {
  readonly #servers: Servers;
  readonly #login: Login;
  readonly #agent: Agent;
  #underWay = 0;

  constructor({ servers, login, tls }: DruidParts) {
    this.#servers = servers;
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

  /**
   * Asks a service, and settles with the head of its answer, whatever its status. Addresses to which no connection can be made are passed over.
   * Rejects with a MillraceError: `unavailable` with what was tried, `bufferFull` when too many requests are under way, `cancelled` by the signal.
   */
  async request(service: Service, request: DruidRequest): Promise<DruidResponse> {
    if (this.#underWay >= maxConnections) throw tooMany();
    this.#underWay++;
    let response: DruidResponse | undefined;
    try {
      response = await this.#askAny(service, request);
      return response;
    } finally {
      if (response === undefined) this.#underWay--;
      else response.body.once('close', () => this.#underWay--);
    }
  }

  /**
   * The parsed answer; undefined where the answer is empty.
   * Rejects as `request` does, with DruidError for a status of 400 and above, and with `timeout`.
   */
  async json(service: Service, path: string, request: JsonRequest = {}): Promise<unknown> {
    const { method = 'GET', body, timeoutMs = jsonTimeoutMs } = request;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    try {
      const response = await this.request(service, {
        method,
        path,
        signal,
        headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await textOf(response);
      const { status, address, headers } = response;
      if (status >= 400)
        throw new DruidError({ service, address, status, contentType: headers['content-type'], body: text });
      return text.trim() === '' ? undefined : parse(text, { service, address, path });
    } catch (error) {
      if (!timeout.aborted || error instanceof DruidError) throw error;
      throw new MillraceError('timeout', `Druid's ${service} has not answered ${path} within ${timeoutMs / 1000} s`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#servers.close();
    await this.#agent.destroy();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  async #askAny(service: Service, request: DruidRequest): Promise<DruidResponse> {
    const tried: { readonly address: string; readonly error: unknown }[] = [];
    for (const server of await this.#servers.addresses(service)) {
      const address = shown(server);
      try {
        return await this.#ask(server, address, request);
      } catch (error) {
        if (request.signal?.aborted)
          throw new MillraceError('cancelled', `the request to Druid's ${service} was given up`, { cause: error });
        if (error instanceof MillraceError) throw error;
        tried.push({ address, error });
        if (!isNotConnected(error)) break;
      }
    }
    throw unreachable(service, tried);
  }

  async #ask(server: URL, address: string, request: DruidRequest): Promise<DruidResponse> {
    const authorization = request.headers?.authorization ?? (await this.#login.authorization(server));
    const { statusCode, headers, body, trailers } = await this.#agent.request({
      origin: server.origin,
      path: `${server.pathname.replace(/\/$/, '')}${request.path}`,
      method: request.method as Dispatcher.HttpMethod,
      headers: { ...request.headers, ...(authorization !== undefined && { authorization }) },
      body: unread(request.body),
      signal: request.signal ?? null,
    });
    return { status: statusCode, headers, body, trailers, address };
  }
}

/** A stream that a failed connection must leave as it is, for the next. */
function unread(body: DruidRequest['body']): Dispatcher.DispatchOptions['body'] {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body ?? null;
  return body.iterator({ destroyOnReturn: false }) as unknown as Readable;
}

/** An address as it may be shown. */
const shown = ({ origin, pathname }: URL): string => `${origin}${pathname.replace(/\/$/, '')}`;

const tooMany = () =>
  new MillraceError('bufferFull', `${maxConnections} requests to Druid are under way; try again when some have ended`, {
    retryAfterSeconds: 1,
  });

async function textOf({ body, address }: DruidResponse): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxJsonBytes)
      throw new MillraceError(
        'tooLarge',
        `${address} answers with more than ${maxJsonBytes} bytes; ask for less at once`,
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

interface Asked {
  readonly service: Service;
  readonly address: string;
  readonly path: string;
}

function parse(text: string, { service, address, path }: Asked): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MillraceError(
      'runtimeFailure',
      `${address}${path} does not answer as a Druid's ${service} does, but: ${text.slice(0, 200)}`,
      { cause: error },
    );
  }
}
