/**
 * The embedded backend, some of whose dataSources have gone to a Druid, or are on their way: their pushes go to its topics, and once
 * they are there their queries to its broker.
 */
import type {
  Answer,
  DroppedEvent,
  DropReason,
  Health,
  PreparedSql,
  PushOutcome,
  QueryingBackend,
  QueryOptions,
  Submission,
  TypedSqlAnswer,
  TypedSqlOptions,
} from '../backend.ts';
import type { ClusterBackend } from '../cluster/index.ts';
import type { EmbeddedBackend } from '../embedded/index.ts';
import { unsupported } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';
import { sql } from '../sql.ts';
import { Promotions } from '../store/promotions.ts';
import { Clusters, type ClustersOptions } from './clusters.ts';
import { type ManagerOptions, movedAway, PromotionManager } from './manager.ts';
import { tablesOfNative, tablesOfSql } from './tables.ts';
import { Routes, type Turned } from './turning.ts';

export interface PromotableOptions extends ClustersOptions {
  /** Whether events come into the backend by another way than pushes and supervisors. */
  readonly ownSources: boolean;
}

/** @throws MillraceError `conflict` where sources of its own would write beside what was promoted. */
export async function openPromotable(
  embedded: EmbeddedBackend,
  options: PromotableOptions,
): Promise<PromotableBackend> {
  const promotions = new Promotions(embedded.store);
  const routes = await Routes.open(promotions);
  const { ownSources } = options;
  const [first] = ownSources ? routes.entries() : [];
  if (first) {
    await embedded.close();
    throw movedAway(first[0], first[1].settings.druid.at);
  }
  return new PromotableBackend({ embedded, promotions, routes, clusters: new Clusters(options), ownSources });
}

export class PromotableBackend implements QueryingBackend {
  readonly promotions: PromotionManager;
  readonly #embedded: EmbeddedBackend;
  readonly #routes: ManagerOptions['routes'];
  readonly #clusters: Clusters;

  constructor(options: ManagerOptions) {
    this.promotions = new PromotionManager(options);
    this.#embedded = options.embedded;
    this.#routes = options.routes;
    this.#clusters = options.clusters;
  }

  get supervisors() {
    return this.#embedded.supervisors;
  }

  get lookups() {
    return this.#embedded.lookups;
  }

  get segments() {
    return this.#embedded.segments;
  }

  get receivers() {
    return this.#embedded.receivers;
  }

  push(submission: Submission, accepted?: (received: number) => void): Promise<PushOutcome> {
    const { dataSource } = submission;
    if (dataSource === undefined && !this.#routes.isEmpty) return this.#pushParts(submission, accepted);
    // Where it goes and that it is under way are settled in one turn: who waits for the pushes before a change waits for this one, or it is after.
    const turned = dataSource === undefined ? undefined : this.#routes.get(dataSource);
    const work = turned ? this.#pushThere(turned, submission, accepted) : this.#embedded.push(submission, accepted);
    return this.#routes.push(dataSource ?? '', work);
  }

  /** What was taken here under the same key is not taken there again. */
  async #pushThere(
    { settings }: Turned,
    submission: Submission,
    accepted?: (received: number) => void,
  ): Promise<PushOutcome> {
    const { dataSource = '', idempotencyKey } = submission;
    if (idempotencyKey !== undefined) {
      const [outcome] = await this.#embedded.store.row(
        sql`SELECT outcome FROM meta.receipts WHERE data_source = ${dataSource} AND key = ${idempotencyKey}`,
      );
      if (outcome !== undefined) return JSON.parse(outcome as string);
    }
    return (await this.#clusters.get(settings)).push(submission, accepted);
  }

  /** A body of several dataSources is taken whole or not at all where all of them are here; else dataSource by dataSource. */
  async #pushParts(submission: Submission, accepted?: (received: number) => void): Promise<PushOutcome> {
    const parts = submission.format === 'json' ? await this.#embedded.split(submission.lines) : [];
    if (!parts.some(({ dataSource }) => this.#routes.get(dataSource)))
      return this.#routes.push('', this.#embedded.push(submission, accepted));
    accepted?.(submission.events);
    const outcomes: PushOutcome[] = [];
    for (const part of parts) outcomes.push(await this.push({ ...submission, ...part }));
    return combined(outcomes);
  }

  async query(query: unknown, options?: QueryOptions): Promise<Answer> {
    const cluster = await this.#clusterOf(() => tablesOfNative(query));
    return (cluster ?? this.#embedded).query(query, options);
  }

  async sql(request: unknown, options: TypedSqlOptions = {}): Promise<TypedSqlAnswer> {
    const cluster = await this.#clusterOfSql(request);
    if (!cluster) return this.#embedded.sql(request, options);
    if (options.typed) throw notTyped();
    return { ...(await cluster.sql(request, options)), columns: [] };
  }

  async prepareSql(request: unknown, options?: QueryOptions): Promise<PreparedSql> {
    if (await this.#clusterOfSql(request)) throw notTyped();
    return this.#embedded.prepareSql(request, options);
  }

  async cancel(queryId: string): Promise<boolean> {
    if (await this.#embedded.cancel(queryId)) return true;
    const clusters = new Set(await Promise.all([...this.#routes.promoted()].map((name) => this.#clusterFor(name))));
    const cancelled = await Promise.all([...clusters].map((cluster) => cluster.cancel(queryId)));
    return cancelled.includes(true);
  }

  /** One that is on a Druid changes there, too; where a supervisor reads topics of the user's, that one's spec is the definition. */
  async define(dataSource: DataSource): Promise<void> {
    await this.#embedded.define(dataSource);
    const turned = this.#routes.get(dataSource.name);
    const isRead = (await this.#embedded.supervisors.ids()).includes(dataSource.name);
    if (turned && !isRead) await (await this.#clusters.get(turned.settings)).define(dataSource);
  }

  dataSources(): Promise<readonly string[]> {
    return this.#embedded.dataSources();
  }

  describe(dataSource: string) {
    return this.#embedded.describe(dataSource);
  }

  async rejects(dataSource: string) {
    const turned = this.#routes.get(dataSource);
    return (turned ? await this.#clusters.get(turned.settings) : this.#embedded).rejects(dataSource);
  }

  /** Of what is here, and of the Druids that have the rest. */
  async health(): Promise<Health> {
    const there = [...this.#routes.entries()].map(([, { settings }]) => settings);
    const all = await Promise.all([this.#embedded.health(), this.#clusters.health(there)]).then((each) => each.flat());
    const problems = all.flatMap(({ problem }) => problem ?? []);
    return {
      healthy: all.every(({ healthy }) => healthy),
      ...(problems.length > 0 && { problem: problems.join('; ') }),
      pendingBytes: all.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0),
    };
  }

  async close(): Promise<void> {
    await this.#clusters.close();
    await this.#embedded.close();
  }

  async #clusterOfSql(request: unknown): Promise<ClusterBackend | undefined> {
    const text = (request as { query?: unknown } | null)?.query;
    if (typeof text !== 'string') return undefined;
    return this.#clusterOf(() => tablesOfSql(text, (statement) => this.#embedded.store.row(statement)));
  }

  /** Where a query goes: undefined for here. @throws MillraceError `unsupported` for one that would have to go to two places. */
  async #clusterOf(tables: () => Set<string> | Promise<Set<string>>): Promise<ClusterBackend | undefined> {
    const promoted = new Set(this.#routes.promoted());
    if (promoted.size === 0) return undefined;
    const named = await tables();
    const there = [...named].filter((name) => promoted.has(name));
    const [first] = there;
    if (first === undefined) return undefined;
    const here = [...named].filter((name) => !promoted.has(name) && this.#embedded.definition(name));
    if (here.length > 0)
      throw unsupported(
        `'${first}' is on a Druid and '${here[0]}' is not; ask about each by itself, or promote '${here[0]}' as well`,
      );
    const clusters = new Set(await Promise.all(there.map((name) => this.#clusterFor(name))));
    const [cluster, other] = clusters;
    if (other)
      throw unsupported(`${there.map((name) => `'${name}'`).join(' and ')} are on two Druids; ask each by itself`);
    return cluster;
  }

  #clusterFor(promoted: string): Promise<ClusterBackend> {
    const turned = this.#routes.get(promoted);
    if (!turned) throw unsupported(`'${promoted}' is being moved; ask again`);
    return this.#clusters.get(turned.settings);
  }
}

const notTyped = () =>
  unsupported('a promoted dataSource is not asked through Avatica here; connect to the Druid itself');

function combined(outcomes: readonly PushOutcome[]): PushOutcome {
  const dropped: Partial<Record<DropReason, number>> = {};
  const droppedEvents: DroppedEvent[] = [];
  let received = 0;
  for (const outcome of outcomes) {
    for (const [reason, count] of Object.entries(outcome.dropped) as [DropReason, number][])
      dropped[reason] = (dropped[reason] ?? 0) + count;
    for (const { event, reason } of outcome.droppedEvents) droppedEvents.push({ event: received + event, reason });
    received += outcome.received;
  }
  return { received, sent: outcomes.reduce((sum, { sent }) => sum + sent, 0), dropped, droppedEvents };
}
