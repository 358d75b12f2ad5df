/** The embedded backend: one process, one data folder. */
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type {
  Answer,
  ColumnNames,
  Health,
  PreparedSql,
  PushOutcome,
  QueryingBackend,
  QueryOptions,
  Receivers,
  Reject,
  Submission,
  TypedSqlAnswer,
  TypedSqlOptions,
} from '../backend.ts';
import { invalidInput } from '../errors.ts';
import { BatchFiles } from '../ingest/batch-files.ts';
import { ColumnReader } from '../ingest/columns/column-reader.ts';
import { Committer } from '../ingest/committer.ts';
import { DeadLetters } from '../ingest/dead-letters.ts';
import { partsOf } from '../ingest/parts.ts';
import { type NamedLines, splitByDataSource } from '../ingest/split.ts';
import { storedColumn, tableDefinition } from '../ingest/table.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RealtimeSpecs } from '../sources/firehoses/index.ts';
import type { Stream } from '../sources/stream.ts';
import { restoreDataSource } from '../spec/data-schema.ts';
import type { DataSource } from '../spec/data-source.ts';
import type { SupervisorSpec } from '../spec/supervisor.ts';
import type { TranquilityKafka } from '../spec/tranquility-kafka.ts';
import { Store } from '../store/store.ts';
import type { BackgroundContext } from './context.ts';
import { discover } from './create.ts';
import { Definitions } from './definitions.ts';
import { Housekeeping } from './housekeeping.ts';
import { EmbeddedLookups } from './lookups.ts';
import { openKafka } from './open-kafka.ts';
import { Queries } from './queries.ts';
import { RealtimeNode } from './realtime/node.ts';
import { readRejects } from './rejects.ts';
import { type ImportOptions, RowImport } from './row-import.ts';
import { EmbeddedSegments } from './segments/index.ts';
import { EmbeddedSupervisors } from './supervisors/index.ts';
import { systemFacts } from './system.ts';

export interface EmbeddedOptions {
  readonly dataDirectory: string;
  /** Whether a push into an unknown dataSource creates it. */
  readonly autoCreate: boolean;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Bytes that may wait for the engine; 128 MiB. */
  readonly maxPendingBytes?: number | undefined;
  /** Where all rejected events are kept, too. */
  readonly deadLetterDirectory?: string | undefined;
  /** What supervisors read; Kafka. */
  readonly openStream?: ((spec: SupervisorSpec) => Stream | Promise<Stream>) | undefined;
  /** Makes it a realtime node. */
  readonly realtime?: RealtimeSpecs | undefined;
  /** Without a window: how long nothing must come until closed buckets are handed off; a minute. */
  readonly quietMs?: number | undefined;
  /** Memory for the engine; 160 MiB. What does not fit goes to the data folder for a while. */
  readonly memoryLimitBytes?: number | undefined;
  /** The clock, for tests of windows. */
  readonly now?: (() => number) | undefined;
}

const mebibyte = 1024 * 1024;
const housekeepingIntervalMs = 5_000;

export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedBackend> {
  const { metrics, log, deadLetterDirectory } = options;
  const threads = availableParallelism();
  const dataSources = new Map<string, DataSource>();
  const deadLetters = deadLetterDirectory === undefined ? undefined : await DeadLetters.open(deadLetterDirectory);
  const store = await Store.open({
    directory: options.dataDirectory,
    memoryLimitBytes: options.memoryLimitBytes ?? 160 * mebibyte,
    threads,
    maxReaders: Math.max(4, 2 * threads),
    compile: ({ dataSource, definition, columns }) => {
      const restored = restoreDataSource(definition);
      dataSources.set(dataSource, restored);
      return tableDefinition(restored, columns.map(storedColumn));
    },
  });
  if (store.repair)
    log.warn(
      store.repair,
      'the last write before a crash was scrambled; it was never acknowledged and has been cut off',
    );
  const files = await BatchFiles.open(threads, store.temporaryDirectory);
  const now = options.now ?? Date.now;
  const maxPendingBytes = options.maxPendingBytes ?? 128 * mebibyte;
  let node: RealtimeNode | undefined;
  const onKept = (dataSource: string) => node?.noteKept(dataSource);
  const columns = new ColumnReader();
  const committer = await Committer.open({ store, files, columns, metrics, maxPendingBytes, deadLetters, now, onKept });
  const background: BackgroundContext = { store, committer, metrics, log, now };
  const housekeeping = new Housekeeping({
    ...background,
    dataSources,
    intervalMs: housekeepingIntervalMs,
    quietMs: options.quietMs ?? 60_000,
  });
  const definitions = new Definitions(store, dataSources);
  const define = (dataSource: DataSource) => definitions.define(dataSource);
  if (options.realtime) node = await RealtimeNode.open({ ...background, define }, options.realtime);
  const supervisors = await EmbeddedSupervisors.open({
    ...background,
    openStream: async (spec) => (options.openStream ?? openKafka)(spec),
    define,
    handOff: (dataSource) => housekeeping.handOff(dataSource),
  });
  return new EmbeddedBackend({
    ...options,
    store,
    files,
    columns,
    committer,
    definitions,
    housekeeping,
    supervisors,
    lookups: await EmbeddedLookups.open(store, log),
    node,
    now,
  });
}

interface Parts extends EmbeddedOptions {
  readonly store: Store;
  readonly files: BatchFiles;
  readonly columns: ColumnReader;
  readonly committer: Committer;
  readonly definitions: Definitions;
  readonly housekeeping: Housekeeping;
  readonly supervisors: EmbeddedSupervisors;
  readonly lookups: EmbeddedLookups;
  readonly node: RealtimeNode | undefined;
  readonly now: () => number;
}

export class EmbeddedBackend implements QueryingBackend {
  readonly supervisors: EmbeddedSupervisors;
  readonly lookups: EmbeddedLookups;
  readonly segments: EmbeddedSegments;
  readonly store: Store;
  readonly realtime: RealtimeNode | undefined;
  readonly #parts: Parts;
  readonly #files: BatchFiles;
  readonly #committer: Committer;
  readonly #definitions: Definitions;
  readonly #queries: Queries;
  readonly #housekeeping: Housekeeping;
  readonly #autoCreate: boolean;
  /** DataSources that are being created, so that bodies that come together create one. */
  readonly #creating = new Map<string, Promise<DataSource>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { store, files, committer, definitions, housekeeping, supervisors, lookups, metrics, autoCreate, now } =
      parts;
    this.supervisors = supervisors;
    this.lookups = lookups;
    this.segments = new EmbeddedSegments(store);
    this.realtime = parts.node;
    this.store = store;
    this.#files = files;
    this.#committer = committer;
    this.#definitions = definitions;
    this.#autoCreate = autoCreate;
    const system = (server: QueryOptions['server']) => systemFacts(store, supervisors, lookups, server);
    this.#queries = new Queries({ store, metrics, now, lookups: lookups.scope, system });
    this.#housekeeping = housekeeping;
    metrics.watch(committer);
  }

  get receivers(): Receivers | undefined {
    return this.realtime?.receivers;
  }

  async push(submission: Submission, accepted?: (received: number) => void): Promise<PushOutcome> {
    const parts = await partsOf(submission, {
      definitionFor: (name, format, lines) => this.#definitionFor(name, format, lines),
      split: (lines) => this.split(lines),
    });
    accepted?.(parts.reduce((sum, { events }) => sum + events, 0));
    // Nothing in an unknown dataSource is no mistake, as in the original.
    if (parts.length === 0) return { received: 0, sent: 0, dropped: {}, droppedEvents: [] };
    return this.#committer.submit({ parts, idempotencyKey: submission.idempotencyKey });
  }

  query(query: unknown, options: QueryOptions = {}): Promise<Answer> {
    return this.#queries.start(query, options);
  }

  sql(request: unknown, options: TypedSqlOptions = {}): Promise<TypedSqlAnswer> {
    return this.#queries.startSql(request, options);
  }

  prepareSql(request: unknown, options: QueryOptions = {}): Promise<PreparedSql> {
    return this.#queries.prepareSql(request, options);
  }

  async cancel(queryId: string): Promise<boolean> {
    return this.#queries.cancel(queryId);
  }

  define(dataSource: DataSource): Promise<void> {
    return this.#definitions.define(dataSource);
  }

  definition(dataSource: string): DataSource | undefined {
    return this.#definitions.get(dataSource);
  }

  /** Makes segments of all its rows, those of open buckets too. */
  handOff(dataSource: string): Promise<void> {
    return this.#housekeeping.handOff(dataSource);
  }

  /** A body whose events name their dataSource, as a body for each. */
  split(lines: Uint8Array): Promise<readonly NamedLines[]> {
    return splitByDataSource((statement) => this.store.read(statement), this.#files, lines);
  }

  async dataSources(): Promise<readonly string[]> {
    return this.#definitions.names();
  }

  async describe(dataSource: string): Promise<ColumnNames | undefined> {
    return this.#definitions.columnNames(dataSource);
  }

  rejects(dataSource: string): Promise<readonly Reject[]> {
    return readRejects(this.store, dataSource);
  }

  async health(): Promise<Health> {
    const { failure } = this.store;
    const pendingBytes = this.#committer.pendingBytes;
    return failure ? { healthy: false, problem: failure.message, pendingBytes } : { healthy: true, pendingBytes };
  }

  /**
   * Reads topics as Tranquility Kafka does, until the signal aborts; then all that was read is committed.
   * Rejects with a MillraceError with what the file wants to be an error, and when reading cannot go on at all.
   */
  async readTranquilityKafka(spec: TranquilityKafka, signal: AbortSignal): Promise<void> {
    const { readTranquilityKafka } = await import('./tranquility-kafka/index.ts');
    await readTranquilityKafka({ ...this.#parts, define: (dataSource) => this.define(dataSource) }, spec, signal);
  }

  /** Rejects as {@link RowImport.open}. */
  importRows = (options: ImportOptions): Promise<RowImport> => RowImport.open(this.#parts, options);

  async close(): Promise<void> {
    await this.realtime?.close();
    await this.supervisors.close();
    await this.lookups.close();
    await this.#committer.close();
    await this.#housekeeping.close();
    await this.#parts.columns.close();
    await this.#files.close();
    await this.store.close();
  }

  async #definitionFor(name: string, format: Submission['format'], lines: Uint8Array): Promise<DataSource> {
    const known = this.#definitions.get(name) ?? (await this.#creating.get(name));
    if (known) return known;
    if (!this.#autoCreate || format === 'text') throw invalidInput(`No definition for dataSource '${name}'`);
    const creating = this.#create(name, lines).finally(() => this.#creating.delete(name));
    this.#creating.set(name, creating);
    return creating;
  }

  async #create(name: string, lines: Uint8Array): Promise<DataSource> {
    const dataSource = await discover(this.store, this.#files, name, lines);
    await this.define(dataSource);
    return dataSource;
  }
}
