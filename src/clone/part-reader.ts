/** One part after the other: read, put in, and compared. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatInterval } from '../catalog/time.ts';
import type { Druid } from '../druid/index.ts';
import type { Part, RowImport } from '../embedded/row-import.ts';
import { asMillraceError, MillraceError } from '../errors.ts';
import type { TableColumn } from '../store/table.ts';
import { scanRows } from './scan.ts';
import { type Asked, areEqual, askDruid, askOf, isNumeric, type Totals, totalsOf } from './totals.ts';

export interface PartReaderOptions {
  readonly druid: Druid;
  readonly backend: Asked;
  /** What the dataSource is called there, and here. */
  readonly source: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rows: RowImport;
  readonly sample: number;
  readonly signal: AbortSignal | undefined;
}

export interface PartOutcome {
  readonly rows: number;
  /** Whether it took events whenever it was read. */
  readonly isMoving: boolean;
}

/** How often a part is read that changes meanwhile, or whose answer is cut off. */
const maxTries = 3;
const retryMs = 1000;

export class PartReader {
  readonly #options: PartReaderOptions;
  readonly #numeric: readonly TableColumn[];

  constructor(options: PartReaderOptions) {
    this.#options = options;
    this.#numeric = options.columns.filter(isNumeric);
  }

  /** @param onRead told of the rows so far, which begin anew with each try. */
  async read(part: Part, onRead: (rows: number) => void): Promise<PartOutcome> {
    for (let tries = 1; ; tries++) {
      const before = await this.#theirs(part);
      const rows = await this.#bring(part, onRead).catch(async (error: unknown) => {
        if (asMillraceError(error).code !== 'unavailable' || tries === maxTries) throw error;
        await sleep(retryMs, undefined, { signal: this.#options.signal });
        return undefined;
      });
      if (rows === undefined) continue;
      const isMoving = !areEqual(before, await this.#theirs(part));
      if (isMoving && tries < maxTries) continue;
      if (!isMoving) await this.#requireEqual(part, before, rows);
      await this.#options.rows.end(part, rows);
      return { rows, isMoving };
    }
  }

  /** While one piece goes into the engine, the next one is read. */
  async #bring(part: Part, onRead: (rows: number) => void): Promise<number> {
    const { druid, source, columns, rows, signal } = this.#options;
    await rows.begin(part);
    let read = 0;
    let adding: Promise<unknown> = Promise.resolve();
    const scan = { dataSource: source, interval: part, columns: columns.map(({ name }) => name), signal };
    try {
      for await (const piece of scanRows(druid, scan)) {
        await adding;
        read += piece.rows;
        onRead(read);
        adding = rows.add(columns, piece.lines);
        // Whether it failed is seen with the next piece.
        adding.catch(() => {});
      }
    } finally {
      await adding;
    }
    return read;
  }

  #theirs(part: Part): Promise<Totals> {
    const { druid, source } = this.#options;
    return totalsOf(askDruid(druid), source, part, this.#numeric);
  }

  async #requireEqual(part: Part, theirs: Totals, read: number): Promise<void> {
    const { backend, name, sample } = this.#options;
    // Of a sample only what was read can be compared.
    const ours = sample < 1 ? { rows: read } : await totalsOf(askOf(backend), name, part, this.#numeric);
    const wanted = sample < 1 ? { rows: theirs.rows ?? 0 } : theirs;
    if (areEqual(ours, wanted)) return;
    throw new MillraceError(
      'runtimeFailure',
      `of ${formatInterval(part)} Druid has ${this.#shown(wanted)}, and here there is ${this.#shown(ours)}; the same again reads it anew`,
    );
  }

  #shown(totals: Totals): string {
    const sums = this.#numeric.map(({ name }, index) => ({ name, sum: totals[`sum${index}`] }));
    const shown = sums.flatMap(({ name, sum }) => (sum === undefined ? [] : [`${name} ${sum}`]));
    return [`${totals.rows} rows`, ...shown].join(', ');
  }
}
