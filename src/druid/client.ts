/** Requests to a Druid's services, whoever serves them now. */
import { MillraceError } from '../errors.ts';
import { DruidError, failureReason, isNotConnected, refusalOf, type Tried, unreachable } from './errors.ts';
import { redirection } from './probe.ts';
import { canBeRepeated, type DruidRequest, type DruidResponse, discard, isSafe, textOf } from './request.ts';
import { isLed, type Servers, type Service } from './servers.ts';
import { maxConnections, type Transport } from './transport.ts';

export interface JsonRequest {
  /** GET unless said. */
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** For the whole exchange; 60 s unless said. */
  readonly timeoutMs?: number;
}

const jsonTimeoutMs = 60_000;
/** Each that fails is left out then, so that one request seldom comes near. */
const mostServers = 10;

export class Druid implements AsyncDisposable {
  readonly #servers: Servers;
  readonly #transport: Transport;
  #underWay = 0;

  constructor(servers: Servers, transport: Transport) {
    this.#servers = servers;
    this.#transport = transport;
  }

  /**
   * Asks a service, and settles with the head of its answer, whatever its status. Servers to which no connection can be made are passed over.
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
   * Asks all brokers, and settles with the answers of those that can be reached, each to be read or destroyed. Rejects as `request` does when
   * none can.
   */
  async requestAll(request: DruidRequest): Promise<readonly DruidResponse[]> {
    const servers = await this.#servers.all('broker');
    if (servers.length === 1) return [await this.request('broker', request)];
    const tried: Tried[] = [];
    const asked = await Promise.allSettled(
      servers.map(async (server) => {
        try {
          return [await this.#transport.send(server, request)];
        } catch (error) {
          if (request.signal?.aborted) throw givenUp('broker', error);
          if (error instanceof MillraceError) throw error;
          const reason = failureReason(error, server);
          this.#servers.failed('broker', server, reason);
          tried.push({ address: server.origin, reason, error });
          return [];
        }
      }),
    );
    const responses = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const failed = asked.find((one) => one.status === 'rejected');
    if (failed) {
      for (const response of responses) discard(response);
      throw failed.reason;
    }
    if (responses.length === 0) throw unreachable('broker', tried);
    return responses;
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
      if (response.status >= 400) throw await refusalOf(service, response);
      const text = await textOf(response);
      const { address } = response;
      if (text === undefined)
        throw new MillraceError('tooLarge', `${address} answers too much to ${path}; ask for less at once`);
      return text.trim() === '' ? undefined : parse(text, { service, address, path });
    } catch (error) {
      if (!timeout.aborted || error instanceof DruidError) throw error;
      throw new MillraceError('timeout', `Druid's ${service} has not answered ${path} within ${timeoutMs / 1000} s`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    this.#servers.close();
    await this.#transport.close();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  async #askAny(service: Service, request: DruidRequest): Promise<DruidResponse> {
    const tried: Tried[] = [];
    while (tried.length < mostServers) {
      const server = await unlessAborted(this.#servers.find(service, request.affinity), service, request.signal);
      try {
        const response = await this.#transport.send(server, request);
        const leader = isLed(service) ? this.#leaderInstead(service, server, request, response) : undefined;
        if (!leader) return response;
        discard(response);
        tried.push({ address: response.address, reason: `says that ${leader.origin} leads` });
        if (!canBeRepeated(request)) break;
      } catch (error) {
        if (request.signal?.aborted) throw givenUp(service, error);
        if (error instanceof MillraceError) throw error;
        const reason = failureReason(error, server);
        this.#servers.failed(service, server, reason);
        tried.push({ address: server.origin, reason, error });
        if (!isNotConnected(error) && !isSafe(request)) break;
      }
    }
    throw unreachable(service, tried);
  }

  /** Those that do not lead redirect to the one that does; what leads no longer, and knows nobody who does, answers 503. */
  #leaderInstead(
    service: Service,
    server: URL,
    { path }: DruidRequest,
    { status, headers }: DruidResponse,
  ): URL | undefined {
    if (status === 503) this.#servers.doubted(service, server);
    const { location } = headers;
    if (status !== 307 || !location?.endsWith(path)) return undefined;
    const leader = redirection(server, location);
    if (leader) this.#servers.moved(service, server, leader);
    return leader;
  }
}

const givenUp = (service: Service, cause: unknown) =>
  new MillraceError('cancelled', `the request to Druid's ${service} was given up`, { cause });

/** The search goes on: others wait for it, too. */
async function unlessAborted<T>(search: Promise<T>, service: Service, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return search;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(givenUp(service, signal.reason));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([search, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const tooMany = () =>
  new MillraceError('bufferFull', `${maxConnections} requests to Druid are under way; try again when some have ended`, {
    retryAfterSeconds: 1,
  });

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
