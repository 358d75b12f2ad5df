/**
 * A connection for the requests of @platformatic/kafka, over a socket of our own. Its own way of sending copies each request into one
 * buffer and each answer through another, and sends five at a time at most.
 */
import { type Callback, Connection, Reader, type ResponseParser, type Writer } from '@platformatic/kafka';
import type { Frames, WireRequest } from './frames.ts';

export class FramedConnection extends Connection {
  readonly #frames: Frames;
  readonly #host: string;

  /** @param host of the broker, for logins that are made for it. */
  constructor(clientId: string, host: string, frames: Frames) {
    super(clientId);
    this.#frames = frames;
    this.#host = host;
  }

  override get host(): string {
    return this.#host;
  }

  /** @throws MillraceError `unavailable` when the connection breaks, or no answer comes in time. */
  ask<Response>(request: WireRequest<Response>): Promise<Response> {
    return this.#frames.send(request);
  }

  /** The broker reads nothing more for so long: what was asked already has that much longer. */
  postpone(ms: number): void {
    this.#frames.postpone(ms);
  }

  override send<Response>(
    apiKey: number,
    version: number,
    createPayload: () => Writer | Promise<Writer>,
    parse: ResponseParser<Response>,
    isFlexible: boolean,
    _hasAnswerTags: boolean,
    callback: Callback<Response>,
  ): void {
    const asking = this.#frames.send<Response>({
      apiKey,
      version,
      // Of the requests that are made here, answers have tagged fields in their headers when the requests have.
      isFlexible,
      // None of them waits for anything.
      write: () => createPayload() as Writer,
      read: (body) => parse(0, apiKey, version, Reader.from(body)) as Response,
    });
    asking.then(
      (answer) => callback(null, answer),
      (error) => callback(error),
    );
  }
}
