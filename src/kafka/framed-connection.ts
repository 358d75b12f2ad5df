/**
 * A connection for the requests of @platformatic/kafka, over a socket of our own. Its own one copies each request into one
 * buffer and each answer through another, and sends five at a time at most.
 */
import type { Callback, Connection, ResponseParser } from '@platformatic/kafka';
import type { Frames } from './frames.ts';
import { Reader, type Writer } from './library.ts';

/** All that its requests and logins ask of one. */
class FramedConnection implements Pick<Connection, 'host' | 'send'> {
  readonly #frames: Frames;
  readonly #host: string;

  constructor(host: string, frames: Frames) {
    this.#host = host;
    this.#frames = frames;
  }

  get host(): string {
    return this.#host;
  }

  send<Response>(
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

/** @param host of the broker, for logins that are made for it. */
export const framedConnection = (host: string, frames: Frames): Connection =>
  new FramedConnection(host, frames) as Pick<Connection, 'host' | 'send'> as Connection;
