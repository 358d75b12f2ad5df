/**
 * What waits to be written to one partition, in order. The broker takes a producer's batches by their sequence numbers: one that it has
 * already is acknowledged again, one that comes before its turn is refused. So what got no answer is sent again as it was, and nothing is there
 * twice or in another order.
 */
import { MillraceError } from '../errors.ts';
import { patchProducer } from './batch-patch.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import { brokerError, errorCodes, isRetriable } from './protocol-errors.ts';
import { offsetsOf } from './record-batch.ts';
import { splitBatch } from './split-batch.ts';

/** A batch that somebody waits for; in several pieces if the topic takes no such large one. */
export interface Delivery {
  /** On performance.now()'s clock. */
  readonly deadlineMs: number;
  /** With the offset of the first record; -1 when the broker does not remember it. */
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: MillraceError) => void;
  pieces: number;
  baseOffset: number;
  /** A piece of it is there, or went out and got no answer. */
  mayBeWritten: boolean;
}

export interface Outgoing {
  readonly bytes: Buffer;
  readonly delivery: Delivery;
  /** Of its first record, once it was sent. */
  sequence: number | undefined;
  isInFlight: boolean;
}

/** Until a broker that went away is back, mostly. */
const retryAfterSeconds = 5;

/** Sequence numbers are 31 bits, and begin anew. */
const sequences = 2 ** 31;

export class Outbox {
  readonly topic: string;
  readonly partition: number;
  /** Node id; undefined: to be asked for. */
  leader: number | undefined;
  /** Undefined: to be asked for. */
  identity: ProducerIdentity | undefined;
  /** In a row. */
  failures = 0;
  trouble: MillraceError | undefined;
  readonly #waiting: Outgoing[] = [];
  #nextSequence = 0;
  #inFlight = 0;
  /** Whether the broker's and our sequences have parted: once nothing is in flight, what waits begins anew under another identity. */
  #isAstray = false;
  /** Whether the broker has heard of the identity: until then it takes a batch of any sequence, also the second without the first. */
  #isKnown = false;
  /** A batch of this size was refused as too large. */
  #tooLargeBytes = Number.POSITIVE_INFINITY;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Nothing waits, and no answer is to come. */
  get isIdle(): boolean {
    return this.isEmpty && this.#inFlight === 0;
  }

  add(bytes: Buffer, delivery: Delivery): void {
    this.#waiting.push({ bytes, delivery, sequence: undefined, isInFlight: false });
  }

  /** The first batch that is not in flight, as it is to be sent; it is in flight only after {@link sent}. */
  peek(): Outgoing | undefined {
    if (this.identity === undefined || this.leader === undefined || this.#isAstray) return undefined;
    if (!this.#isKnown && this.#inFlight > 0) return undefined;
    for (;;) {
      const outgoing = this.#waiting.find(({ isInFlight }) => !isInFlight);
      if (outgoing === undefined || outgoing.sequence !== undefined || outgoing.bytes.length < this.#tooLargeBytes)
        return outgoing;
      if (!this.#divide(outgoing)) return outgoing;
    }
  }

  sent(outgoing: Outgoing): void {
    if (outgoing.sequence === undefined) {
      outgoing.sequence = this.#nextSequence;
      this.#nextSequence = (this.#nextSequence + offsetsOf(outgoing.bytes)) % sequences;
      patchProducer(outgoing.bytes, { ...(this.identity as ProducerIdentity), sequence: outgoing.sequence }, false);
    }
    outgoing.isInFlight = true;
    this.#inFlight++;
  }

  /** No answer came: it may have been appended. */
  unanswered(outgoing: Outgoing, error: MillraceError): void {
    this.#landed(outgoing);
    outgoing.delivery.mayBeWritten = true;
    this.lose(error);
    this.#beginAnew();
  }

  answered(outgoing: Outgoing, errorCode: number, baseOffset: number): void {
    this.#landed(outgoing);
    // Given up meanwhile, perhaps.
    if (this.#waiting.includes(outgoing)) this.#judge(outgoing, errorCode, baseOffset);
    this.#beginAnew();
  }

  /** Whoever leads the partition is asked for again. */
  lose(error: MillraceError): void {
    this.trouble = error;
    // What was in flight together fails together, and is one failure.
    if (this.leader !== undefined) this.failures++;
    this.leader = undefined;
  }

  /** It has no leader now, or there is no identity to be had. */
  notFound(error: MillraceError): void {
    this.trouble = error;
    this.failures++;
  }

  /** Rejects what waits in vain. */
  expire(nowMs: number): void {
    const late = this.#waiting.filter(({ delivery }) => delivery.deadlineMs <= nowMs);
    for (const { sequence, delivery } of late) {
      const why = this.trouble?.message ?? 'no answer came';
      const mayBeWritten = sequence !== undefined || delivery.mayBeWritten;
      const known = mayBeWritten ? 'It may have been written, or not.' : 'It was not written.';
      const message = `${this.#name}: Kafka did not take a batch in time: ${why}. ${known}`;
      const context = { ...this.trouble?.context, mayBeWritten };
      delivery.reject(new MillraceError('unavailable', message, { cause: this.trouble, retryAfterSeconds, context }));
    }
    this.#remove((one) => late.includes(one));
  }

  /** Rejects all. */
  refuse(error: MillraceError): void {
    for (const { delivery, isInFlight } of this.#waiting)
      delivery.reject(refusal(error, isInFlight || delivery.mayBeWritten));
    this.#remove(() => true);
  }

  #judge(outgoing: Outgoing, errorCode: number, baseOffset: number): void {
    switch (errorCode) {
      case errorCodes.none:
      case errorCodes.duplicateSequence:
        this.failures = 0;
        this.trouble = undefined;
        this.#isKnown = true;
        this.#remove((one) => one === outgoing);
        deliver(outgoing.delivery, baseOffset);
        break;
      case errorCodes.messageTooLarge:
      case errorCodes.recordListTooLarge:
        this.#split(outgoing, errorCode);
        break;
      case errorCodes.outOfOrderSequence:
      case errorCodes.unknownProducerId:
      case errorCodes.invalidProducerEpoch:
        // Unless one before it is missing, which is to come, the broker waits for one that will never come.
        this.#isAstray ||= this.#waiting[0] === outgoing;
        break;
      default:
        this.#fail(outgoing, errorCode);
    }
  }

  #fail({ delivery }: Outgoing, errorCode: number): void {
    const error = brokerError(this.#name, errorCode);
    if (isRetriable(errorCode)) {
      this.lose(error);
    } else {
      delivery.reject(refusal(error, delivery.mayBeWritten));
      this.#remove((one) => one.delivery === delivery);
    }
  }

  #split(outgoing: Outgoing, errorCode: number): void {
    const { bytes, delivery } = outgoing;
    this.#tooLargeBytes = Math.min(this.#tooLargeBytes, bytes.length);
    // Those behind it have their numbers as if it were one.
    this.#isAstray = true;
    if (this.#divide(outgoing)) return;
    const what = `${brokerError(this.#name, errorCode).message} One event alone, with ${bytes.length} bytes, is larger than the topic takes; raise its max.message.bytes`;
    delivery.reject(refusal(new MillraceError('tooLarge', what), delivery.mayBeWritten));
    this.#remove((one) => one.delivery === delivery);
  }

  /** False where it is one record. */
  #divide(outgoing: Outgoing): boolean {
    const { bytes, delivery } = outgoing;
    const pieces = splitBatch(bytes);
    if (pieces === undefined) return false;
    const parts = pieces.map((piece) => ({ bytes: piece, delivery, sequence: undefined, isInFlight: false }));
    this.#waiting.splice(this.#waiting.indexOf(outgoing), 1, ...parts);
    delivery.pieces += pieces.length - 1;
    return true;
  }

  #landed(outgoing: Outgoing): void {
    outgoing.isInFlight = false;
    this.#inFlight--;
  }

  #beginAnew(): void {
    if (!this.#isAstray || this.#inFlight > 0) return;
    this.#isAstray = false;
    this.identity = undefined;
    this.#isKnown = false;
    this.#nextSequence = 0;
    for (const outgoing of this.#waiting) outgoing.sequence = undefined;
  }

  #remove(isGone: (outgoing: Outgoing) => boolean): void {
    for (let index = this.#waiting.length - 1; index >= 0; index--)
      if (isGone(this.#waiting[index] as Outgoing)) this.#waiting.splice(index, 1);
  }

  get #name(): string {
    return `${this.topic}-${this.partition}`;
  }
}

/** A batch that is refused now may be there in part, or since a try that got no answer. */
function refusal(error: MillraceError, mayBeWritten: boolean): MillraceError {
  if (!mayBeWritten) return error;
  const { code, message, context } = error;
  return new MillraceError(code, message, { cause: error, context: { ...context, mayBeWritten: true } });
}

/** Pieces are written in their order. */
function deliver(delivery: Delivery, baseOffset: number): void {
  delivery.mayBeWritten = true;
  if (delivery.baseOffset < 0) delivery.baseOffset = baseOffset;
  if (--delivery.pieces === 0) delivery.resolve(delivery.baseOffset);
}
