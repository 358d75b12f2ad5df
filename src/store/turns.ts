/** Turns for so many at a time; who comes when all are taken waits. Who holds one and does nothing lends it to another. */

/** Beyond this many, idle holders keep their turns: behind each may stand something costly. */
const maxLent = 100;

export class Turns {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  /** Those whose turn is to come back. */
  readonly #returning: (() => void)[] = [];
  #lastReturned = false;
  #taken = 0;
  #lent = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Settles when it is this caller's turn; rejects with the signal's reason. */
  async take(signal?: AbortSignal): Promise<Turn> {
    await this.#next(this.#waiting, signal);
    return new Turn({
      give: () => this.#give(),
      isWanted: () => this.#waiting.length + this.#returning.length > 0,
      lend: () => {
        if (this.#lent >= maxLent) return false;
        this.#lent++;
        this.#give();
        return true;
      },
      forgo: () => this.#lent--,
      takeBack: async () => {
        await this.#next(this.#returning, signal);
        this.#lent--;
      },
    });
  }

  /** Lets all in who wait, however many there are. */
  letAllIn(): void {
    for (const enter of [...this.#waiting.splice(0), ...this.#returning.splice(0)]) {
      this.#taken++;
      enter();
    }
  }

  async #next(queue: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
    if (this.#taken < this.#size) {
      this.#taken++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        queue.splice(queue.indexOf(enter), 1);
        reject(signal?.reason);
      };
      const enter = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      queue.push(enter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** New ones and those who come back in alternation, so that neither many short nor many long ones hold up the others. */
  #give(): void {
    const [first, second] = this.#lastReturned ? [this.#waiting, this.#returning] : [this.#returning, this.#waiting];
    const queue = first.length > 0 ? first : second;
    this.#lastReturned = queue === this.#returning;
    const enter = queue.shift();
    if (enter) enter();
    else this.#taken--;
  }
}

interface Ledger {
  give(): void;
  /** Whether someone waits. */
  isWanted(): boolean;
  /** False when no more may be lent. */
  lend(): boolean;
  /** Ends a loan without the turn coming back. */
  forgo(): void;
  takeBack(): Promise<void>;
}

/** One holder's turn. */
export class Turn {
  readonly #ledger: Ledger;
  #state: 'held' | 'lent' | 'returning' | 'over' = 'held';
  #timer: NodeJS.Timeout | undefined;
  #heldSince = performance.now();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Unless {@link resume} is called within this time, others may have it meanwhile. */
  pause(patienceMs: number): void {
    this.#timer = setTimeout(() => {
      if (this.#ledger.lend()) this.#state = 'lent';
    }, patienceMs).unref();
  }

  /** After so long, those who wait go first. Settles when the turn is back; rejects as {@link resume} does. */
  async giveWay(sliceMs: number): Promise<void> {
    if (performance.now() - this.#heldSince < sliceMs || !this.#ledger.isWanted() || !this.#ledger.lend()) return;
    this.#state = 'lent';
    await this.resume();
  }

  /** Settles when the turn is back; rejects when the signal it was taken with is aborted. */
  async resume(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#state !== 'lent') return;
    this.#state = 'returning';
    try {
      await this.#ledger.takeBack();
    } catch (error) {
      this.#state = 'over';
      this.#ledger.forgo();
      throw error;
    }
    this.#state = 'held';
    this.#heldSince = performance.now();
  }

  /** For good; a second time it does nothing. A turn on its way back must have come, or have failed to, before. */
  leave(): void {
    clearTimeout(this.#timer);
    if (this.#state === 'held') this.#ledger.give();
    if (this.#state === 'lent') this.#ledger.forgo();
    this.#state = 'over';
  }
}
