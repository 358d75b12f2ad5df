/**
 * Requests and answers over a socket. Written without being put together first, as record batches are large and lie where they are; read
 * into buffers that are used again, a large answer right into its own.
 *
 *   Request  => size api_key api_version correlation_id client_id [TAG_BUFFER] body
 *   Response => size correlation_id [TAG_BUFFER] body
 *     size => INT32               bytes after this field
 *     api_key => INT16
 *     api_version => INT16
 *     correlation_id => INT32     a broker answers in the order in which it was asked
 *     client_id => NULLABLE_STRING
 */
import type { OnReadOpts, Socket } from 'node:net';
import type { MillraceError } from '../errors.ts';
import { NetworkError, Writer } from './library.ts';
import { unusable } from './protocol-errors.ts';

export interface FramesOptions {
  readonly clientId: string;
  /** Of the broker, for messages. */
  readonly address: string;
  /** After how long without an answer the connection is given up. */
  readonly requestTimeoutMs: number;
}

/** A request of the wire protocol; https://kafka.apache.org/protocol.html has the keys. */
export interface WireRequest<Response> {
  readonly apiKey: number;
  readonly version: number;
  /** Whether the version has tagged fields, in the request's header and in the answer's. */
  readonly isFlexible: boolean;
  write(): Writer;
  /** Where the answer's body is put; by default into a new buffer. */
  allocate?(size: number): Buffer;
  /** Reads the answer's body, which is in one piece, and the reader's own. */
  read(body: Buffer): Response;
}

/** A request that was sent. */
interface Asked {
  readonly correlationId: number;
  readonly isFlexible: boolean;
  readonly allocate: (size: number) => Buffer;
  /** On performance.now()'s clock. */
  deadlineMs: number;
  readonly answered: (body: Buffer) => void;
  readonly failed: (error: MillraceError) => void;
}

const sizeBytes = 4;
/** Size, correlation id, and the tag buffer, which is always empty. */
const headerBytes = 8;
const flexibleHeaderBytes = 9;
/** Smaller pieces of a request are put together: each one by itself costs more than copying it. */
const leastOwnPieceBytes = 4096;
/** What is read at once, where no large answer is being read. */
const chunkBytes = 64 * 1024;
/** How TLS begins an alert, which is no answer of Kafka's: it would have 352 MB. */
const tlsAlert = Buffer.from([0x15, 0x03]);

export class Frames {
  readonly #options: FramesOptions;
  readonly #asked: Asked[] = [];
  #socket: Socket | undefined;
  #brokenBy: Error | undefined;
  readonly #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #correlationId = 0;
  #isCorked = false;
  #closed: MillraceError | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Of the answer that is being read: its header, and its body once that has begun. */
  readonly #header = Buffer.alloc(flexibleHeaderBytes);
  #headerLength = 0;
  #body: Buffer | undefined;
  #bodyLength = 0;

  constructor(options: FramesOptions) {
    this.#options = options;
  }

  /** For the socket, when it is made: what comes is read where it is wanted, rather than into a new buffer each time. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#room(),
    callback: (bytes, buffer) => {
      if (buffer === this.#chunk) this.#take(this.#chunk.subarray(0, bytes));
      else this.#grow(this.#body as Buffer, bytes);
      return true;
    },
  };

  /** @param socket was made with {@link onread}, and is connected. */
  begin(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', (error) => {
      this.#brokenBy = error;
    });
    socket.on('close', () => {
      this.#brokenBy ??= new NetworkError('Connection closed');
      this.#end(unusable(this.#options.address, this.#brokenBy.message));
    });
  }

  /** Why there is no connection any more. */
  get brokenBy(): Error | undefined {
    return this.#brokenBy;
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#socket?.destroy();
  }

  /** @throws MillraceError `unavailable` when the connection breaks, or no answer comes in time. */
  send<Response>(request: WireRequest<Response>): Promise<Response> {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    if (this.#closed !== undefined) {
      reject(this.#closed);
      return promise;
    }
    this.#correlationId = (this.#correlationId + 1) & 0x7fffffff;
    this.#write(request, this.#correlationId);
    this.#asked.push({
      correlationId: this.#correlationId,
      isFlexible: request.isFlexible,
      allocate: request.allocate ?? Buffer.allocUnsafeSlow,
      deadlineMs: performance.now() + this.#options.requestTimeoutMs,
      answered: (body) => {
        try {
          resolve(request.read(body));
        } catch (error) {
          reject(error);
        }
      },
      failed: reject,
    });
    this.#timer ??= setTimeout(() => this.#expire(), this.#options.requestTimeoutMs);
    return promise;
  }

  /** The broker reads nothing more for so long: what was asked already has that much longer. */
  postpone(ms: number): void {
    for (const asked of this.#asked) asked.deadlineMs += ms;
  }

  #write({ apiKey, version, isFlexible, write }: WireRequest<unknown>, correlationId: number): void {
    const { clientId } = this.#options;
    const socket = this.#socket as Socket;
    const writer = Writer.create()
      .appendInt16(apiKey)
      .appendInt16(version)
      .appendInt32(correlationId)
      .appendString(clientId, false);
    if (isFlexible) writer.appendTaggedFields();
    writer.appendFrom(write()).prependLength();
    if (!this.#isCorked) {
      // What is sent in one turn goes out at once.
      this.#isCorked = true;
      socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        socket.uncork();
      });
    }
    for (const piece of gather(writer.buffers)) socket.write(piece);
  }

  #room(): Buffer {
    const body = this.#body;
    return body !== undefined && body.length - this.#bodyLength > chunkBytes
      ? body.subarray(this.#bodyLength)
      : this.#chunk;
  }

  #take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#closed === undefined; ) {
      at += this.#body === undefined ? this.#takeHeader(chunk, at) : this.#takeBody(this.#body, chunk, at);
    }
  }

  #takeHeader(chunk: Buffer, start: number): number {
    const wanted = this.#asked[0]?.isFlexible ? flexibleHeaderBytes : headerBytes;
    const taken = chunk.copy(this.#header, this.#headerLength, start, start + wanted - this.#headerLength);
    this.#headerLength += taken;
    // Before a whole header has come: an alert is shorter.
    if (tlsAlert.compare(this.#header, 0, Math.min(this.#headerLength, tlsAlert.length)) === 0)
      this.#giveUp('it answers by TLS');
    else if (this.#headerLength === wanted) this.#beginBody(wanted);
    return taken;
  }

  #beginBody(headerLength: number): void {
    const asked = this.#asked[0];
    const size = this.#header.readInt32BE(0) - (headerLength - sizeBytes);
    const correlationId = this.#header.readInt32BE(sizeBytes);
    if (asked?.correlationId !== correlationId || size < 0) {
      this.#giveUp(`an answer that nobody asked for (${correlationId}, ${size} bytes)`);
      return;
    }
    this.#headerLength = 0;
    this.#bodyLength = 0;
    this.#body = asked.allocate(size);
    if (size === 0) this.#finish(this.#body);
  }

  #takeBody(body: Buffer, chunk: Buffer, start: number): number {
    const taken = chunk.copy(body, this.#bodyLength, start);
    this.#grow(body, taken);
    return taken;
  }

  #grow(body: Buffer, bytes: number): void {
    this.#bodyLength += bytes;
    if (this.#bodyLength === body.length) this.#finish(body);
  }

  #finish(body: Buffer): void {
    this.#body = undefined;
    this.#asked.shift()?.answered(body);
  }

  /** A broker answers in order: when the first has waited too long, so have those behind it. */
  #expire(): void {
    this.#timer = undefined;
    const [first] = this.#asked;
    if (first === undefined) return;
    const rest = first.deadlineMs - performance.now();
    if (rest > 0) this.#timer = setTimeout(() => this.#expire(), rest);
    else this.#giveUp(`no answer in ${this.#options.requestTimeoutMs} ms`);
  }

  #giveUp(reason: string): void {
    this.#brokenBy = new NetworkError(reason);
    this.#end(unusable(this.#options.address, reason));
    this.close();
  }

  #end(error: MillraceError): void {
    this.#closed ??= error;
    clearTimeout(this.#timer);
    for (const { failed } of this.#asked.splice(0)) failed(this.#closed);
  }
}

/** The same bytes in fewer pieces. */
function gather(pieces: readonly Buffer[]): Buffer[] {
  const gathered: Buffer[] = [];
  let small: Buffer[] = [];
  const flush = () => {
    if (small.length > 0) gathered.push(Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.length < leastOwnPieceBytes) small.push(piece);
    else {
      flush();
      gathered.push(piece);
    }
  }
  flush();
  return gathered;
}
