/**
 * What Druid does with our dataSources: their supervisors' states, tasks, lag and rows, and their segments. It is asked when somebody
 * asks for it, at `/metrics` not more often than each ten seconds.
 */
import { z } from 'zod';
import type { DataSourceStatus, SupervisorState } from '../backend.ts';
import { asMillraceError } from '../errors.ts';
import type { ClusterContext } from './context.ts';
import { findSupervisor, supervisorPath, supervisorsPath } from './overlord.ts';
import { sequenceTotals } from './read-counts.ts';
import { readSupervisor } from './supervisor-spec.ts';

/** So old may be what metrics show. */
const freshMs = 10_000;
/** So long they wait for Druid. */
const patienceMs = 5_000;
/** Of more supervisors no metrics are kept. */
const mostSupervisors = 1_000;
/** Asked at the same time. */
const atOnce = 4;

const offsets = z.record(z.string(), z.number().catch(0)).catch({});
const tasks = z.array(z.object({ id: z.string() })).catch([]);
const statusSchema = z.object({
  payload: z.object({
    state: z.custom<SupervisorState>(),
    detailedState: z.string(),
    healthy: z.boolean(),
    suspended: z.boolean(),
    activeTasks: tasks,
    publishingTasks: tasks,
    minimumLag: offsets,
    aggregateLag: z.number().catch(0),
  }),
});

const segmentsSchema = z.array(
  z.object({ dataSource: z.string(), segments: z.number(), rows: z.number(), sizeBytes: z.number() }),
);
type Segments = z.infer<typeof segmentsSchema>[number];

/** In deep storage, and not replaced by others. */
const segmentsQuery = `SELECT datasource AS "dataSource", COUNT(*) AS "segments", SUM(num_rows) AS "rows", SUM("size") AS "sizeBytes"
  FROM sys.segments WHERE is_published = 1 AND is_overshadowed = 0`;

/** Of one supervisor. */
type Asked = Omit<DataSourceStatus, 'dataSource' | 'stream' | 'segments'>;

export class Monitor {
  readonly #context: ClusterContext;
  #refreshing: Promise<void> | undefined;
  #refreshedMs = Number.NEGATIVE_INFINITY;

  constructor(context: ClusterContext) {
    this.#context = context;
    context.metrics.beforeExposition(() => this.#refresh());
  }

  /** Undefined where it has no supervisor that was made here. */
  async status(dataSource: string): Promise<DataSourceStatus | undefined> {
    const supervisor = readSupervisor(await findSupervisor(this.#context.druid, dataSource));
    if (!supervisor?.origin) return undefined;
    const [status, segments] = await Promise.all([this.#ask(dataSource), this.#segments(dataSource)]);
    const { segments: count = 0, rows = 0, sizeBytes = 0 } = segments[0] ?? {};
    return { dataSource, stream: supervisor.stream, ...status, segments: { count, rows, sizeBytes } };
  }

  /** Waits a moment for what is new, or what is known has to do. */
  async #refresh(): Promise<void> {
    if (!this.#refreshing && performance.now() - this.#refreshedMs > freshMs)
      this.#refreshing = this.#askAll()
        .catch((error) => this.#warn('the cluster', error))
        .finally(() => {
          this.#refreshedMs = performance.now();
          this.#refreshing = undefined;
        });
    if (!this.#refreshing) return;
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, patienceMs);
    await Promise.race([this.#refreshing, patience.promise]);
    clearTimeout(timer);
  }

  #warn(what: string, error: unknown): void {
    this.#context.log.warn(`metrics of ${what} are not refreshed: ${asMillraceError(error).message}`);
  }

  async #askAll(): Promise<void> {
    const all = z
      .array(z.object({ id: z.string(), spec: z.unknown() }))
      .parse(await this.#context.druid.json('overlord', `${supervisorsPath}?full`));
    const ours = all
      .filter(({ spec }) => readSupervisor(spec)?.origin)
      .map(({ id }) => id)
      .slice(0, mostSupervisors);
    const found = new Map<string, Asked>();
    const left = ours.values();
    const worker = async () => {
      for (const id of left) {
        // One that has just been terminated, or answers otherwise, does not hide the others.
        const asked = await this.#ask(id).catch((error) => this.#warn(`supervisor '${id}'`, error));
        if (asked) found.set(id, asked);
      }
    };
    const [segments] = await Promise.all([this.#segments(), ...Array.from({ length: atOnce }, worker)]);
    this.#show(
      found,
      segments.filter(({ dataSource }) => found.has(dataSource)),
    );
  }

  #show(found: ReadonlyMap<string, Asked>, segments: readonly Segments[]): void {
    const { metrics } = this.#context;
    for (const gauge of [metrics.supervisorHealthy, metrics.supervisorTasks, metrics.taskRows, metrics.streamLag])
      gauge.reset();
    metrics.rows.reset();
    metrics.segments.reset();
    for (const [supervisor, { state, healthy, tasks, lag, rows }] of found) {
      metrics.supervisorHealthy.set({ supervisor, state }, healthy ? 1 : 0);
      for (const [taskState, count] of Object.entries(tasks))
        metrics.supervisorTasks.set({ supervisor, state: taskState }, count);
      for (const [outcome, count] of Object.entries(rows)) metrics.taskRows.set({ supervisor, outcome }, count);
      for (const [partition, records] of Object.entries(lag.partitions))
        metrics.streamLag.set({ supervisor, partition }, records);
    }
    for (const { dataSource, segments: count, rows } of segments) {
      metrics.segments.set({ dataSource }, count);
      metrics.rows.set({ dataSource }, rows);
    }
  }

  async #ask(id: string): Promise<Asked> {
    const { druid } = this.#context;
    const [status, stats] = await Promise.all([
      druid.json('overlord', supervisorPath(id, 'status')),
      druid.json('overlord', supervisorPath(id, 'stats')),
    ]);
    const { payload } = statusSchema.parse(status);
    const { state, detailedState, healthy, suspended } = payload;
    const rows = { processed: 0, processedWithError: 0, thrownAway: 0, unparseable: 0 };
    for (const totals of sequenceTotals(stats).values())
      for (const outcome of Object.keys(rows) as (keyof typeof rows)[]) rows[outcome] += totals[outcome];
    return {
      ...{ state, detailedState, healthy, suspended },
      tasks: { reading: payload.activeTasks.length, publishing: payload.publishingTasks.length },
      lag: { total: payload.aggregateLag, partitions: payload.minimumLag },
      rows,
    };
  }

  async #segments(dataSource?: string): Promise<readonly Segments[]> {
    const where = dataSource === undefined ? '' : ' AND datasource = ?';
    return segmentsSchema.parse(
      await this.#context.druid.json('broker', '/druid/v2/sql', {
        method: 'POST',
        body: {
          query: `${segmentsQuery}${where} GROUP BY 1`,
          parameters: dataSource === undefined ? [] : [{ type: 'VARCHAR', value: dataSource }],
        },
      }),
    );
  }
}
