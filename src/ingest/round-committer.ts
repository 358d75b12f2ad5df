/** A round's bodies → one transaction: rows, positions and receipts together. */
import type { MillraceError } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Batch } from './batch.ts';
import type { BatchFiles } from './batch-files.ts';
import { type BodyOutcome, nothingDropped, type RoundInput } from './body.ts';
import { ColumnBatches } from './columns/column-batches.ts';
import type { ColumnReader } from './columns/column-reader.ts';
import { type DeadLetters, removeLetters } from './dead-letters.ts';
import { advance } from './progress.ts';
import { type Receipts, writeReceipt } from './receipts.ts';
import { Doubtful, ingestRound, ingestTrusting, newestEvent } from './round.ts';
import { MalformedBodies, type Rounds } from './rounds.ts';
import { tableDefinition } from './table.ts';
import {
  type Group,
  groupsOf,
  outcomesOf,
  type Part,
  scopeOf,
  type Waiting,
  type WorkOutcome,
  withJsonInput,
} from './work.ts';

export interface RoundCommitterOptions {
  readonly store: Store;
  readonly files: BatchFiles;
  readonly columns: ColumnReader;
  readonly metrics: Metrics;
  /** Keeps all rejected events, too. */
  readonly deadLetters: DeadLetters | undefined;
  readonly now: () => number;
  /** Called after each commit that brought rows, with their dataSource. */
  readonly onKept?: (dataSource: string) => void;
}

/** After one that did not pass in good faith. What makes one fail makes the next one, mostly. */
const carefulRounds = 20;

/** A round from this size on is one of many, mostly: someone catches up. */
const bulkBytes = 4 * 1024 * 1024;

export class RoundCommitter implements Rounds {
  readonly #options: RoundCommitterOptions;
  readonly #receipts: Receipts;
  readonly #columns: ColumnBatches;
  /** DataSources of which a round did not pass in good faith, and how many more are done with care from the start. */
  readonly #doubted = new Map<string, number>();

  constructor(options: RoundCommitterOptions, receipts: Receipts) {
    this.#options = options;
    this.#receipts = receipts;
    const { store, files, columns } = options;
    this.#columns = new ColumnBatches(
      columns,
      files,
      (dataSource) => (store.tables.get(dataSource.name)?.definition ?? tableDefinition(dataSource, [])).columns,
    );
  }

  get failure(): MillraceError | undefined {
    return this.#options.store.failure;
  }

  begin(part: Part): void {
    const isDoubted = this.#doubted.has(part.dataSource.name);
    if (isDoubted || !this.#columns.begin(part)) this.#options.files.begin(part.lines);
  }

  forget({ lines }: Part): void {
    // What could not be written is told to whoever needs it.
    this.#columns.discard([lines]).catch(() => {});
    this.#options.files.forget(lines);
  }

  /** First in good faith; when a count is off, undone and done again with care. */
  async commit(round: readonly Waiting[]): Promise<Map<Waiting, WorkOutcome>> {
    const groups = groupsOf(round);
    const doubted = groups.some(({ dataSource }) => this.#doubted.has(dataSource.name));
    if (doubted)
      return this.#with(groups, this.#asLines, (batches) => this.#attempt(round, groups, batches, ingestRound));
    try {
      return await this.#with(groups, this.#asTheyCame, (batches) => this.#attempt(round, groups, batches, trusting));
    } catch (error) {
      if (!(error instanceof Doubtful)) throw error;
      for (const { dataSource } of groups) this.#doubted.set(dataSource.name, carefulRounds);
      return await this.#with(groups, this.#asLines, (batches) => this.#attempt(round, groups, batches, ingestRound));
    }
  }

  readonly #asLines = async (bodies: readonly Uint8Array[]): Promise<Batch> => {
    await this.#columns.discard(bodies);
    return this.#options.files.write(bodies);
  };

  readonly #asTheyCame = async (bodies: readonly Uint8Array[]): Promise<Batch> =>
    (await this.#columns.take(bodies)) ?? (await this.#asLines(bodies));

  async #with<T>(
    groups: readonly Group[],
    write: (bodies: readonly Uint8Array[]) => Promise<Batch>,
    use: (batches: readonly Batch[]) => Promise<T>,
  ): Promise<T> {
    const batches: Batch[] = [];
    try {
      for (const { bodies } of groups) batches.push(await write(bodies.map(({ part }) => part.lines)));
      return await use(batches);
    } finally {
      for (const batch of batches) this.#options.files.release(batch);
    }
  }

  async #attempt(
    round: readonly Waiting[],
    groups: readonly Group[],
    batches: readonly Batch[],
    ingest: typeof ingestRound,
  ): Promise<Map<Waiting, WorkOutcome>> {
    const { store, deadLetters, now } = this.#options;
    const nowMs = now();
    const letters = groups.map(({ dataSource }) => deadLetters?.nextFile(dataSource.name, nowMs));
    const work = async (transaction: Transaction) => {
      const results: (readonly BodyOutcome[])[] = [];
      for (const [index, group] of groups.entries())
        results.push(
          await this.#ingestGroup(transaction, group, batches[index] as Batch, nowMs, letters[index], ingest),
        );
      const outcomes = outcomesOf(round, groups, results);
      for (const [{ work }, outcome] of outcomes) {
        work.accept?.(outcome);
        if (work.progress) await advance(transaction, work.progress);
        if (work.idempotencyKey !== undefined)
          await writeReceipt(transaction, scopeOf(work), work.idempotencyKey, outcome, nowMs);
      }
      return { results, outcomes };
    };
    const isBulk = round.reduce((sum, { bytes }) => sum + bytes, 0) >= bulkBytes;
    const isReadBefore = batches.length > 0 && batches.every(({ columns }) => columns !== undefined);
    const { results, outcomes } = await store
      .transaction(work, { isBulk, isReadBefore })
      .catch(async (error: unknown) => {
        await removeLetters(letters.filter((file) => file !== undefined));
        throw error;
      });
    for (const [{ work }, outcome] of outcomes) {
      if (work.idempotencyKey !== undefined)
        this.#receipts.remember(scopeOf(work), work.idempotencyKey, outcome, nowMs);
    }
    for (const [index, group] of groups.entries()) this.#note(group, results[index] ?? []);
    return outcomes;
  }

  #note({ dataSource: { name: dataSource }, bodies }: Group, outcomes: readonly BodyOutcome[]): void {
    const { metrics } = this.#options;
    const received = bodies.reduce((sum, { part }) => sum + part.events, 0);
    let dropped = 0;
    for (const [reason, count] of outcomes.flatMap((outcome) => [...outcome.dropped])) {
      metrics.eventsDropped.inc({ dataSource, reason }, count);
      dropped += count;
    }
    metrics.eventsReceived.inc({ dataSource }, received);
    metrics.eventsKept.inc({ dataSource }, received - dropped);
    if (received > dropped) this.#options.onKept?.(dataSource);
    const careful = (this.#doubted.get(dataSource) ?? 0) - 1;
    if (careful > 0) this.#doubted.set(dataSource, careful);
    else this.#doubted.delete(dataSource);
  }

  async #ingestGroup(
    transaction: Transaction,
    group: Group,
    batch: Batch,
    nowMs: number,
    deadLetterFile: string | undefined,
    ingest: typeof ingestRound,
  ): Promise<readonly BodyOutcome[]> {
    const { dataSource, format, fieldErrors, bodies } = group;
    const isTimed = dataSource.window.policy === 'messageTime';
    const newestMs = isTimed ? await newestEvent(transaction, dataSource.name) : undefined;
    const result = await ingest(transaction, {
      dataSource: format === 'json' ? withJsonInput(dataSource) : dataSource,
      bodies: bodies.map(({ part }) => part),
      batch,
      clock: { nowMs, newestMs },
      strictJson: format === 'json',
      fieldErrors,
      deadLetterFile,
    });
    if ('outcomes' in result) return result.outcomes;
    throw new MalformedBodies(
      new Map(result.malformed.map(({ body, line }) => [bodies[body]?.waiting as Waiting, line])),
    );
  }
}

/** {@link ingestTrusting} in the form of {@link ingestRound}: what it lets pass has dropped nothing. */
const trusting: typeof ingestRound = async (transaction, input: RoundInput) => {
  await ingestTrusting(transaction, input);
  return { outcomes: input.bodies.map(() => nothingDropped) };
};
