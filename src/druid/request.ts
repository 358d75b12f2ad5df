/** A request to a Druid and its answer, as byte streams. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

export interface DruidRequest {
  readonly method: string;
  /** From the root on, with its query: `/druid/v2/sql`. */
  readonly path: string;
  /** An `authorization` among them goes in place of our own login. */
  readonly headers?: OutgoingHttpHeaders;
  /** A stream is read once, and not before a server is connected to. */
  readonly body?: Uint8Array | string | Readable | undefined;
  /** Of several brokers those of one affinity are asked of the same one. */
  readonly affinity?: string | undefined;
  /** Aborting ends the request, and the answer's body too. */
  readonly signal?: AbortSignal | undefined;
}

export interface DruidResponse {
  readonly status: number;
  /** Without what belongs to our own login. */
  readonly headers: IncomingHttpHeaders;
  /** As it came, with its Content-Encoding. To be read to its end, or destroyed. */
  readonly body: Readable;
  /** Filled when the body has ended. */
  readonly trailers: Readonly<Record<string, string>>;
  /** Who answered, without credentials. */
  readonly address: string;
}

/** Whether its body is still there once it was sent. */
export const canBeRepeated = ({ body }: DruidRequest): boolean =>
  body === undefined || typeof body === 'string' || body instanceof Uint8Array;

/** It changes nothing, however often it is sent. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
export const isSafe = (request: DruidRequest): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') && canBeRepeated(request);

/** Of an answer that nobody wants. */
export function discard({ body }: DruidResponse): void {
  // That it was cut off is no error then.
  body.on('error', () => {}).destroy();
}

const mostTextBytes = 64 * 1024 * 1024;

/** The whole body; undefined when it is longer than what may be held. */
export async function textOf({ body }: DruidResponse): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostTextBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
