/**
 * The commit loop. Bodies wait in a bounded queue; each round takes what has come meanwhile, so that many small requests
 * share one commit, and settles them when that commit is durable.
 */
import type { PushOutcome } from '../backend.ts';
import { asMillraceError, invalidInput, MillraceError } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';
import { Receipts } from './receipts.ts';
import { RoundCommitter, type RoundCommitterOptions } from './round-committer.ts';
import { MalformedBodies, type Rounds } from './rounds.ts';
import { type Part, scopeOf, type Waiting, type Work, type WorkOutcome } from './work.ts';

export interface CommitterOptions {
  /** Bytes that may wait; beyond that a body is refused with `bufferFull`. */
  readonly maxPendingBytes: number;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** One round takes at most this much, so that its time and memory are bounded. */
const maxRoundBytes = 32 * 1024 * 1024;

/** Of a commit's duration, and at most, how long the next one waits for those who were just answered. */
const gatherShare = 0.3;
const maxGatherMs = 10;

export class Committer {
  readonly receipts: Receipts;
  readonly #options: CommitterOptions;
  readonly #queue: Waiting[] = [];
  /** Keys of work that is accepted and not settled: a second try meanwhile waits for the first. */
  readonly #inFlight = new Map<string, Promise<PushOutcome>>();
  readonly #rounds: Rounds;
  /** That have begun and are not durable. */
  readonly #underWay = new Set<Promise<void>>();
  #pendingBytes = 0;
  #loop: Promise<void> | undefined;
  #gathered: { readonly expected: number; readonly resolve: () => void } | undefined;
  #closed = false;

  constructor(rounds: Rounds, receipts: Receipts, options: CommitterOptions) {
    this.#rounds = rounds;
    this.receipts = receipts;
    this.#options = options;
  }

  /** Into a store, which remembers the receipts. */
  static async open(options: CommitterOptions & RoundCommitterOptions): Promise<Committer> {
    const receipts = new Receipts();
    await receipts.load(options.store.read(Receipts.loadStatement));
    return new Committer(new RoundCommitter(options, receipts), receipts, options);
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Milliseconds since the oldest waiting body came; 0 when none waits. */
  get lagMs(): number {
    const [oldest] = this.#queue;
    return oldest ? Math.max(0, this.#options.now() - oldest.sinceMs) : 0;
  }

  /** Does what can be done for a body before it is submitted, as a part with the same lines. */
  begin(part: Part): void {
    if (!this.#closed && !this.#rounds.failure) this.#rounds.begin(part);
  }

  /** A body that was begun is not submitted after all. */
  forget(part: Part): void {
    this.#rounds.forget(part);
  }

  /** Settles when the work is durable. */
  async submit(work: Work): Promise<WorkOutcome> {
    const { idempotencyKey } = work;
    if (idempotencyKey === undefined) return this.#enqueue(work);
    const scope = scopeOf(work);
    const known = this.receipts.find(scope, idempotencyKey, this.#options.now());
    if (known) return known;
    const key = `${scope}\0${idempotencyKey}`;
    const running = this.#inFlight.get(key);
    if (running) return running;
    const outcome = this.#enqueue(work).finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, outcome);
    return outcome;
  }

  /** Takes nothing new, finishes what was accepted. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#gathered?.resolve();
    await this.#loop;
    await Promise.all(this.#underWay);
  }

  #enqueue(work: Work): Promise<WorkOutcome> {
    const bytes = work.parts.reduce((sum, part) => sum + part.lines.byteLength, 0);
    if (this.#closed)
      return Promise.reject(new MillraceError('unavailable', 'millrace is shutting down.', { retryAfterSeconds: 5 }));
    const { failure } = this.#rounds;
    if (failure) return Promise.reject(failure);
    // A body larger than the whole queue may still pass when nothing waits.
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes > this.#options.maxPendingBytes) {
      return Promise.reject(bufferFull(work));
    }
    this.#pendingBytes += bytes;
    for (const part of work.parts) this.#rounds.begin(part);
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, bytes, sinceMs: this.#options.now(), resolve, reject });
      if (this.#gathered && this.#queue.length >= this.#gathered.expected) this.#gathered.resolve();
      this.#loop ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // Requests that were read from their sockets in this turn of the event loop join the first round.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const round = this.#takeRound();
      const startedMs = performance.now();
      const handedOn = Promise.withResolvers<boolean>();
      const committing = this.#commit(round, () => handedOn.resolve(true)).finally(() => {
        this.#pendingBytes -= round.reduce((sum, { bytes }) => sum + bytes, 0);
        this.#underWay.delete(committing);
        handedOn.resolve(false);
      });
      this.#underWay.add(committing);
      if (await handedOn.promise) continue;
      await this.#gather(this.#queue.length + round.length, (performance.now() - startedMs) * gatherShare);
    }
    // In the same turn as the look at the queue: who comes later starts the loop anew.
    this.#loop = undefined;
  }

  /**
   * Who was just answered is often back in a moment. Waiting for them for a part of the time that a commit takes lets the
   * next commit be for all, rather than for those only who came while the last one ran.
   */
  async #gather(expected: number, ms: number): Promise<void> {
    if (this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gathered = { expected, resolve };
    const timer = setTimeout(resolve, Math.min(ms, maxGatherMs));
    await promise;
    clearTimeout(timer);
    this.#gathered = undefined;
  }

  #takeRound(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      if (count > 0 && bytes + waiting.bytes > maxRoundBytes) break;
      bytes += waiting.bytes;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(round: readonly Waiting[], handedOn: () => void): Promise<void> {
    const done = this.#options.metrics.commitSeconds.startTimer();
    try {
      const outcomes = await this.#rounds.commit(round, handedOn);
      done();
      this.#options.metrics.commits.inc();
      for (const [waiting, outcome] of outcomes) {
        if (outcome instanceof MillraceError) waiting.reject(outcome);
        else waiting.resolve(outcome);
      }
    } catch (error) {
      if (!(error instanceof MalformedBodies)) {
        // One body that the engine chokes on must not take its neighbours with it; a full disk chokes on all.
        const isTheirs = asMillraceError(error).code !== 'unavailable';
        if (round.length > 1 && isTheirs) {
          for (const waiting of round) await this.#commit([waiting], handedOn);
        } else for (const waiting of round) waiting.reject(refusal(error, waiting));
        return;
      }
      for (const [waiting, line] of error.lines) waiting.reject(malformedJson(line));
      const rest = round.filter((waiting) => !error.lines.has(waiting));
      if (rest.length > 0) await this.#commit(rest, handedOn);
    }
  }
}

/** Up to here a body that is alone finds room, however its events look. */
const modestBytes = 8 * 1024 * 1024;

/** A large body that is alone and finds no room will find none the next time. */
function refusal(error: unknown, { bytes }: Waiting): unknown {
  if (asMillraceError(error).code !== 'capacityExceeded' || bytes <= modestBytes) return error;
  return new MillraceError(
    'tooLarge',
    `the body's ${bytes} bytes, with events as long as these, need more than the engine's memory; send at most ${modestBytes} bytes at once`,
    { cause: error },
  );
}

const malformedJson = (line: number) =>
  invalidInput(`Malformed JSON: event ${line} of the body is no JSON object. Nothing of the body was taken.`, {
    place: { line },
  });

function bufferFull(work: Work): MillraceError {
  const names = [...new Set(work.parts.map((part) => part.dataSource.name))].join(', ');
  return new MillraceError('bufferFull', `Buffer full for dataSource '${names}'`, { retryAfterSeconds: 1 });
}
