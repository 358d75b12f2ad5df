/**
 * What waits to be written to one partition, in order. The broker takes a producer's batches by their sequence numbers: one that it has
 * already is acknowledged again, one that comes before its turn is refused. So what got no answer is sent again as it was, and nothing is there
 * twice or in another order.
 */
import { MillraceError } from '../errors.ts';
import { patchProducer } from './batch-patch.ts';
import type { ProducerIdentity } from './init-producer-id.ts';
import { type Delivery, deliver, mayBeTaken, notInTime, type Outgoing, refusal } from './outgoing.ts';
import { errorCodes, placeError } from './protocol-errors.ts';
import { offsetsOf, sequences } from './record-batch.ts';
import { splitBatch } from './split-batch.ts';

/** So many of a producer's batches a broker remembers of a partition: sent again, they are acknowledged again. */
const remembered = 5;

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
  /** Whether the leader can be asked how far it has come: only then more than it remembers may be on their way. */
  canRecall = false;
  readonly #mostInFlight: number;
  readonly #failsTogether: boolean;
  /** What is sent again may be there without the leader's remembering it: it is to be asked before. */
  #isInDoubt = false;
  /** Nothing was acknowledged since it was asked. */
  #wasRecalled = false;
  /** The offset after the last record that was acknowledged. */
  #acknowledgedEnd = -1;
  /** A batch of this size was refused as too large. */
  #tooLargeBytes = Number.POSITIVE_INFINITY;

  /** @param failsTogether whether what waits behind a batch that is given up is given up with it: for whoever sends all of it again. */
  constructor(topic: string, partition: number, mostInFlight = remembered, failsTogether = false) {
    this.topic = topic;
    this.partition = partition;
    this.#mostInFlight = mostInFlight;
    this.#failsTogether = failsTogether;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Nothing is sent until it was {@link recalled} how far the leader has come. */
  get mustRecall(): boolean {
    return this.#isInDoubt && this.#inFlight === 0;
  }

  /** Nothing waits, and no answer is to come. */
  get isIdle(): boolean {
    return this.isEmpty && this.#inFlight === 0;
  }

  add(bytes: Buffer, delivery: Delivery): void {
    this.#waiting.push({ bytes, delivery, sequence: undefined, isInFlight: false, isThere: false });
  }

  /** The first batch that is not in flight, as it is to be sent; it is in flight only after {@link sent}. */
  peek(): Outgoing | undefined {
    if (this.identity === undefined || this.leader === undefined || this.#isAstray || this.#isInDoubt) return undefined;
    if (this.#inFlight >= this.#limit) return undefined;
    for (;;) {
      const outgoing = this.#waiting.find(({ isInFlight, isThere }) => !isInFlight && !isThere);
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
    this.#doubt();
    this.#beginAnew();
  }

  answered(outgoing: Outgoing, errorCode: number, baseOffset: number): void {
    this.#landed(outgoing);
    // Given up meanwhile, perhaps.
    if (this.#waiting.includes(outgoing)) this.#judge(outgoing, errorCode, baseOffset);
    this.#beginAnew();
  }

  /**
   * The leader was asked how far it has come. The last batch that it has is sent again, as it remembers that one: when it is acknowledged, those
   * before it are safe, too.
   * @param lastSequence of the last record that it has of the identity; undefined: none.
   */
  recalled(lastSequence: number | undefined): void {
    this.#isInDoubt = false;
    this.#wasRecalled = true;
    this.#isKnown = false;
    const there = this.#waiting.filter(
      ({ sequence, bytes }) =>
        sequence !== undefined && lastSequence !== undefined && isUpTo(lastOf(sequence, bytes), lastSequence),
    );
    const last = there.at(-1);
    for (const outgoing of this.#waiting) outgoing.isThere = there.includes(outgoing) && outgoing !== last;
    // One behind it was acknowledged already.
    if (last?.sequence !== undefined && lastOf(last.sequence, last.bytes) !== lastSequence) this.#acknowledge(last, -1);
  }

  /** It cannot be told how far the leader has come: what is there may be there twice. */
  forget(): void {
    this.#isInDoubt = false;
    this.#isAstray = true;
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
      const mayBeWritten = sequence !== undefined || delivery.mayBeWritten;
      this.#reject(delivery, notInTime(this, mayBeWritten));
    }
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
        this.#wasRecalled = false;
        this.#acknowledge(outgoing, baseOffset);
        break;
      case errorCodes.messageTooLarge:
      case errorCodes.recordListTooLarge:
        this.#split(outgoing, errorCode);
        break;
      case errorCodes.outOfOrderSequence:
        // Unless one before it is missing, which is to come, the broker waits for one that will never come; or has this one, and forgot.
        if (this.#waiting.find(({ isThere }) => !isThere) !== outgoing) break;
        if (this.canRecall && !this.#wasRecalled) this.#isInDoubt = true;
        else this.#isAstray = true;
        break;
      case errorCodes.unknownProducerId:
      case errorCodes.invalidProducerEpoch:
        this.#isAstray ||= this.#waiting[0] === outgoing;
        break;
      default:
        this.#fail(outgoing, errorCode);
    }
  }

  /** With those before it that are there. */
  #acknowledge(outgoing: Outgoing, baseOffset: number): void {
    const acknowledged = this.#takeWhatIsThere(outgoing);
    const records = acknowledged.reduce((sum, { bytes }) => sum + offsetsOf(bytes), 0);
    const end = baseOffset < 0 ? -1 : baseOffset + offsetsOf(outgoing.bytes);
    // Unless somebody else wrote in between, they lie one behind the other.
    let offset = end - records === this.#acknowledgedEnd ? end - records : -1;
    for (const one of acknowledged) {
      const { bytes, delivery } = one;
      deliver(delivery, one === outgoing ? baseOffset : offset);
      if (offset >= 0) offset += offsetsOf(bytes);
    }
    this.#acknowledgedEnd = end;
  }

  #takeWhatIsThere(outgoing: Outgoing): Outgoing[] {
    // What is there without an answer stands before the one that was sent again; mostly there is none.
    if (this.#waiting[0] === outgoing) return this.#waiting.splice(0, 1);
    const found = this.#waiting.filter((one) => one.isThere || one === outgoing);
    this.#remove((one) => found.includes(one));
    return found;
  }

  /** After a failure: what is sent again may be there, and its leader, perhaps another one by now, would not know it. */
  #doubt(): void {
    const sent = this.#waiting.filter(({ sequence }) => sequence !== undefined);
    this.#isInDoubt ||= this.canRecall && (sent.length > remembered || sent.some(({ isThere }) => isThere));
  }

  #fail(outgoing: Outgoing, errorCode: number): void {
    const { delivery } = outgoing;
    const error = placeError(this, errorCode);
    if (mayBeTaken(outgoing, errorCode)) {
      this.lose(error);
      this.#doubt();
    } else {
      this.#reject(delivery, refusal(error, delivery.mayBeWritten));
    }
  }

  #reject(delivery: Delivery, error: MillraceError): void {
    delivery.reject(error);
    this.#remove((one) => one.delivery === delivery);
    if (this.#failsTogether) this.refuse(error);
  }

  #split(outgoing: Outgoing, errorCode: number): void {
    const { bytes, delivery } = outgoing;
    this.#tooLargeBytes = Math.min(this.#tooLargeBytes, bytes.length);
    // Those behind it have their numbers as if it were one.
    this.#isAstray = true;
    if (this.#divide(outgoing)) return;
    const { message, context } = placeError(this, errorCode);
    const what = `${message} One event alone, with ${bytes.length} bytes, is larger than the topic takes; raise its max.message.bytes`;
    this.#reject(delivery, refusal(new MillraceError('tooLarge', what, { context }), delivery.mayBeWritten));
  }

  /** False where it is one record. */
  #divide(outgoing: Outgoing): boolean {
    const { bytes, delivery } = outgoing;
    const pieces = splitBatch(bytes);
    if (pieces === undefined) return false;
    const parts = pieces.map((piece) => ({
      bytes: piece,
      delivery,
      sequence: undefined,
      isInFlight: false,
      isThere: false,
    }));
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
    this.#isInDoubt = false;
    this.#nextSequence = 0;
    for (const outgoing of this.#waiting) Object.assign(outgoing, { sequence: undefined, isThere: false });
  }

  #remove(isGone: (outgoing: Outgoing) => boolean): void {
    for (let index = this.#waiting.length - 1; index >= 0; index--)
      if (isGone(this.#waiting[index] as Outgoing)) this.#waiting.splice(index, 1);
  }

  get #limit(): number {
    if (!this.#isKnown) return 1;
    return this.canRecall ? this.#mostInFlight : Math.min(this.#mostInFlight, remembered);
  }
}

const lastOf = (sequence: number, bytes: Buffer) => (sequence + offsetsOf(bytes) - 1) % sequences;

/** Whether a sequence number comes before another one, or is that; they begin anew. */
const isUpTo = (sequence: number, other: number) => (other - sequence + sequences) % sequences < sequences / 2;
