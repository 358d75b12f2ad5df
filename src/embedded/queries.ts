/** Running queries: their plans, time limits and cancels. */
import { randomUUID } from 'node:crypto';
import type { Answer, PreparedSql, QueryOptions, TypedSqlAnswer, TypedSqlOptions } from '../backend.ts';
import type { LookupScope } from '../catalog/index.ts';
import { asMillraceError, MillraceError } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Plan, Reader, RowBatch } from '../query/define.ts';
import { planNativeQuery } from '../query/native.ts';
import type { SystemFacts } from '../query/sql/metadata/facts.ts';
import { planSql, type SqlPlan, type SqlPlanContext } from '../query/sql/plan.ts';
import type { Store } from '../store/store.ts';

/** Druid's default for `timeout`. */
const defaultTimeoutMs = 300_000;

/** The longest that a timer takes, 24 days; a longer one would ring at once. */
const longestTimeoutMs = 2 ** 31 - 1;

export interface QueriesOptions {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly lookups: LookupScope;
  /** What SQL may ask about this process. */
  readonly system: (server: QueryOptions['server']) => SystemFacts;
}

export class Queries {
  readonly #store: Store;
  readonly #metrics: Metrics;
  readonly #now: () => number;
  readonly #lookups: LookupScope;
  readonly #system: QueriesOptions['system'];
  readonly #running = new Map<string, Set<AbortController>>();

  constructor({ store, metrics, now, lookups, system }: QueriesOptions) {
    this.#store = store;
    this.#metrics = metrics;
    this.#now = now;
    this.#lookups = lookups;
    this.#system = system;
  }

  /** Plans and starts a query; errors that show before the first row reject here, so that they get their HTTP status. */
  start(query: unknown, { signal, place }: QueryOptions): Promise<Answer> {
    return this.#measured('unknown', (measure) => {
      const context = { ...this.#lookups, table: (name: string) => this.#store.view(name), nowMs: this.#now() };
      const planned = planNativeQuery(query, context, place);
      measure.type = planned.type;
      return this.#run(planned, signal, measure);
    });
  }

  startSql(request: unknown, options: TypedSqlOptions): Promise<TypedSqlAnswer> {
    return this.#measured('sql', async (measure) => {
      const planned = await this.#planSql(request, options, options.typed ? 'typed' : 'printed');
      const { plan, context, asMistake } = planned;
      const named = { plan, context: { ...context, queryId: context.queryId ?? options.queryId } };
      const answer = await this.#run(named, options.signal, measure, asMistake);
      const { contentType, header, columns } = planned;
      return { ...answer, contentType, header, columns };
    });
  }

  async prepareSql(request: unknown, options: QueryOptions): Promise<PreparedSql> {
    const { columns, parameters } = await this.#planSql(request, options, 'none');
    return { columns, parameters };
  }

  #planSql(request: unknown, { signal, server }: QueryOptions, rows: SqlPlanContext['rows']): Promise<SqlPlan> {
    return planSql(request, {
      rows,
      system: this.#system(server),
      nowMs: this.#now(),
      row: (statement) => this.#store.row(statement, signal),
    });
  }

  async #measured<A>(type: string, start: (measure: Measure) => Promise<A>): Promise<A> {
    const measure = { type, done: this.#metrics.querySeconds.startTimer() };
    try {
      return await start(measure);
    } catch (error) {
      if (!(error instanceof WatchedError)) this.#finish(measure, asMillraceError(error).code);
      throw error instanceof WatchedError ? error.cause : error;
    }
  }

  async #run(
    { plan, context }: Planned,
    signal: AbortSignal | undefined,
    measure: Measure,
    reworded = (error: MillraceError) => error,
  ): Promise<Answer> {
    const queryId = context.queryId ?? randomUUID();
    const abort = this.#register(queryId);
    const signals = [abort.signal, ...(signal ? [signal] : [])];
    // 0 means no limit.
    const timeoutMs = context.timeoutMs ?? defaultTimeoutMs;
    if (timeoutMs > 0) signals.push(AbortSignal.timeout(Math.min(timeoutMs, longestTimeoutMs)));
    const stop = AbortSignal.any(signals);
    const reader: Reader = {
      read: (statement, mostRows) => this.#store.read(statement, { signal: stop, mostRows }),
      row: (statement) => this.#store.row(statement, stop),
    };
    const batches = plan.statement ? reader.read(plan.statement, plan.mostRows) : noRows();
    const known = (error: unknown) =>
      stop.aborted ? stopError(stop.reason, timeoutMs) : reworded(asMillraceError(error));
    const chunks = this.#watch(plan.shape(batches, reader), known, measure, () => this.#unregister(queryId, abort));
    const first = await chunks.next();
    return { queryId, chunks: resume(first, chunks) };
  }

  cancel(queryId: string): boolean {
    const running = this.#running.get(queryId);
    for (const abort of running ?? []) abort.abort(new MillraceError('cancelled', `Query ${queryId} was cancelled.`));
    return running !== undefined;
  }

  async *#watch(
    chunks: AsyncIterable<string>,
    asKnown: (error: unknown) => MillraceError,
    measure: Measure,
    finished: () => void,
  ): AsyncGenerator<string, void, void> {
    let status = 'cancelled';
    try {
      yield* chunks;
      status = 'ok';
    } catch (error) {
      const known = asKnown(error);
      status = known.code;
      throw new WatchedError(known);
    } finally {
      finished();
      this.#finish(measure, status);
    }
  }

  #finish({ type, done }: Measure, status: string): void {
    done({ type });
    this.#metrics.queries.inc({ type, status });
  }

  #register(queryId: string): AbortController {
    const abort = new AbortController();
    const running = this.#running.get(queryId) ?? new Set();
    this.#running.set(queryId, running.add(abort));
    return abort;
  }

  #unregister(queryId: string, abort: AbortController): void {
    const running = this.#running.get(queryId);
    running?.delete(abort);
    if (running?.size === 0) this.#running.delete(queryId);
  }
}

interface Planned {
  readonly plan: Plan;
  readonly context: { readonly queryId: string | undefined; readonly timeoutMs: number | undefined };
}

interface Measure {
  type: string;
  readonly done: (labels: { type: string }) => number;
}

/** An error that was counted already. */
class WatchedError extends Error {
  constructor(cause: MillraceError) {
    super(cause.message, { cause });
  }
}

function stopError(reason: unknown, timeoutMs: number): MillraceError {
  if (reason instanceof MillraceError) return reason;
  if ((reason as Error).name === 'TimeoutError')
    return new MillraceError(
      'timeout',
      `Query did not complete within its timeout of ${timeoutMs} ms. Give it more with context.timeout, or ask for less.`,
    );
  return new MillraceError('cancelled', 'The client has gone.', { cause: reason });
}

async function* resume(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void, void>,
): AsyncGenerator<string, void, void> {
  try {
    if (first.done) return;
    yield first.value;
    yield* rest;
  } catch (error) {
    throw error instanceof WatchedError ? error.cause : error;
  } finally {
    await rest.return();
  }
}

async function* noRows(): AsyncGenerator<RowBatch, void, void> {}
