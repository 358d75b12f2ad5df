/**
 * A connection of @platformatic/kafka, which opens it and logs in; then its socket is ours. Its own way of sending copies each request into one
 * buffer and each answer through another, and sends five at a time at most.
 */
import {
  type Callback,
  Connection,
  type ConnectionOptions,
  Reader,
  type ResponseParser,
  type Writer,
} from '@platformatic/kafka';
import { Frames, type WireRequest } from './frames.ts';

export class FramedConnection extends Connection {
  readonly #clientId: string;
  readonly #requestTimeoutMs: number;
  #frames: Frames | undefined;

  constructor(clientId: string, options: ConnectionOptions & { readonly requestTimeout: number }) {
    super(clientId, options);
    this.#clientId = clientId;
    this.#requestTimeoutMs = options.requestTimeout;
  }

  /** From now on requests go over the socket by themselves; none is under way. @param address for messages. */
  takeOver(address: string): void {
    this.socket.removeAllListeners('data');
    this.#frames = new Frames({
      socket: this.socket,
      clientId: this.#clientId,
      address,
      requestTimeoutMs: this.#requestTimeoutMs,
    });
  }

  /** @throws MillraceError `unavailable` when the connection breaks, or no answer comes in time. */
  ask<Response>(request: WireRequest<Response>): Promise<Response> {
    return (this.#frames as Frames).send(request);
  }

  /** The broker reads nothing more for so long: what was asked already has that much longer. */
  postpone(ms: number): void {
    this.#frames?.postpone(ms);
  }

  /** For the requests of @platformatic/kafka; whose answers have tagged fields in their headers when the requests have. */
  override send<Response>(
    apiKey: number,
    version: number,
    createPayload: () => Writer | Promise<Writer>,
    parse: ResponseParser<Response>,
    isFlexible: boolean,
    hasAnswerTags: boolean,
    callback: Callback<Response>,
  ): void {
    if (this.#frames === undefined) {
      super.send(apiKey, version, createPayload, parse, isFlexible, hasAnswerTags, callback);
      return;
    }
    const asking = this.#frames.send<Response>({
      apiKey,
      version,
      isFlexible,
      // None of those that are sent here waits for anything.
      write: () => createPayload() as Writer,
      read: (body) => parse(0, apiKey, version, Reader.from(body)) as Response,
    });
    asking.then(
      (answer) => callback(null, answer),
      (error) => callback(error),
    );
  }
}
