/** millrace in the caller's own process: a store and its queries, or a Druid cluster, without a server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsedAnswer } from '../answer.ts';
import type { Backend, PushOutcome, Reject } from '../backend.ts';
import { formatPath } from '../catalog/validate.ts';
import { invalidInput } from '../errors.ts';
import type { KafkaProperties } from '../kafka/index.ts';
import { createLogger } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { jsonLines } from '../sources/push-body.ts';
import { readSupervisorSpec } from '../spec/supervisor.ts';
import { definitionOf } from './definition.ts';
import { eventText } from './event-text.ts';
import { type StreamSupervisor, streamSupervisor } from './stream-supervisor.ts';

export type MillraceOptions = FolderOptions | ClusterOptions;

export interface FolderOptions extends PushOptions {
  /** The folder that holds the data, made when it is missing. Without one, the data is gone after {@link Millrace.close}. */
  readonly data?: string;
  readonly druid?: never;
}

/** A real Druid cluster. Queries go to it, and events to it through Kafka. */
export interface ClusterOptions extends PushOptions {
  /** A router's URL, or several with commas; user and password may stand in it. */
  readonly druid: string;
  /** How to log in, as the command line's `--druid-config`. */
  readonly druidProperties?: Readonly<Record<string, string>>;
  /** Brokers as `host:9092`, several with commas; or properties of Java's Kafka clients, `bootstrap.servers` among them. */
  readonly kafka: string | KafkaProperties;
  readonly data?: never;
}

export interface PushOptions {
  /** Whether a push into an unknown dataSource creates it, with the columns that its events have. Default true. */
  readonly autoCreate?: boolean;
  /** A folder in which all rejected events are kept, as NDJSON files. */
  readonly deadLetter?: string;
}

/** Events as objects, as a JSON array, or as newline-delimited JSON in UTF-8. */
export type Events = readonly object[] | string | Uint8Array;

export interface Millrace {
  /**
   * Adds a dataSource, or changes its definition for the events to come. Takes a `dataSchema`, a supervisor spec, or an
   * entry of a Tranquility file's `dataSources` (`{spec, properties}`, whose window is PT10M by default; the others have
   * none). Gives the dataSource's name.
   * https://druid.apache.org/docs/latest/ingestion/ingestion-spec
   * @throws MillraceError `invalidInput` with the JSON path of the mistake, `unsupported` for what millrace does not have yet.
   */
  define(spec: object): Promise<string>;
  /**
   * Takes the events whole or not at all; settled when they are durable. What was dropped is told by reason and by place.
   * @throws MillraceError `invalidInput` for what are no events, `bufferFull` when too many wait (await earlier pushes),
   * `unavailable` after {@link close}.
   */
  push(dataSource: string, events: Events): Promise<PushOutcome>;
  /**
   * The rows that answer a native query. Numbers beyond 2^53 lose digits, as they do in `JSON.parse`.
   * https://druid.apache.org/docs/latest/querying/querying
   */
  query<Row = unknown>(query: object, options?: { readonly signal?: AbortSignal }): Promise<Row[]>;
  /**
   * The rows that answer Druid SQL: a text, or a request as `POST /druid/v2/sql` takes it, with a result format that is JSON.
   * https://druid.apache.org/docs/latest/api-reference/sql-api
   */
  sql<Row = unknown>(query: string | object, options?: { readonly signal?: AbortSignal }): Promise<Row[]>;
  /**
   * Starts a supervisor, or puts it in place of the one that the dataSource has, which ends where this one begins.
   * https://druid.apache.org/docs/latest/ingestion/supervisor
   * @param spec a supervisor spec, as it is sent to Druid.
   * @throws MillraceError `invalidInput` with the JSON path of the mistake, `unsupported` for what millrace does not have yet.
   * A stream that cannot be reached is no error here: the supervisor's status tells.
   */
  supervise(spec: object): Promise<StreamSupervisor>;
  /** By id; those that were there before, too. */
  supervisors(): Promise<readonly StreamSupervisor[]>;
  dataSources(): Promise<readonly string[]>;
  /** The last rejected events, newest first, at most 1,000, each with its reason. */
  rejects(dataSource: string): Promise<readonly Reject[]>;
  /** Commits what was accepted and lets go of the folder. */
  close(): Promise<void>;
}

/**
 * @throws MillraceError `environment` when another process has the folder, or it cannot be written; `invalidInput` for one of `druid` and
 * `kafka` without the other; `unavailable` when they cannot be reached within 30 s.
 */
export async function openMillrace(options: MillraceOptions = {}): Promise<Millrace> {
  // Programs in JavaScript are not held to the types, and their events must not go to a folder that is gone afterwards.
  const { druid, kafka }: Partial<Record<'druid' | 'kafka', unknown>> = { ...options };
  if ((druid === undefined) !== (kafka === undefined))
    throw invalidInput(
      druid === undefined
        ? "'kafka' is of a Druid cluster; say where it is, as in { druid: 'http://router:8888' }"
        : "'druid' needs the Kafka that events go through; add { kafka: 'host:9092' }",
    );
  return options.druid === undefined ? openFolder(options) : openOnCluster(options);
}

async function openOnCluster({
  druid,
  druidProperties,
  kafka,
  autoCreate = true,
  deadLetter,
}: ClusterOptions): Promise<Millrace> {
  const { openCluster } = await import('../cluster/index.ts');
  const backend = await openCluster({
    druid: { at: druid, properties: druidProperties ?? {} },
    kafka: typeof kafka === 'string' ? { 'bootstrap.servers': kafka } : kafka,
    autoCreate,
    deadLetterDirectory: deadLetter,
    metrics: createMetrics(),
    log: createLogger('silent'),
  });
  return new BackendMillrace(backend, async () => {});
}

async function openFolder(options: FolderOptions): Promise<Millrace> {
  const [{ openEmbedded }, { openPromotable }] = await Promise.all([
    import('../embedded/index.ts'),
    import('../promote/backend.ts'),
  ]);
  const observe = { metrics: createMetrics(), log: createLogger('silent') };
  const deadLetterDirectory = options.deadLetter;
  const folder = options.data ?? (await mkdtemp(path.join(tmpdir(), 'millrace-')));
  const removeFolder = async () => {
    if (options.data === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const autoCreate = options.autoCreate ?? true;
    const embedded = await openEmbedded({ ...observe, dataDirectory: folder, autoCreate, deadLetterDirectory });
    // What was promoted is elsewhere, also for who opens the folder here.
    const backend = await openPromotable(embedded, { ...observe, deadLetterDirectory, ownSources: false });
    return new BackendMillrace(backend, removeFolder);
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

class BackendMillrace implements Millrace {
  readonly #backend: Backend;
  readonly #afterClose: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(backend: Backend, afterClose: () => Promise<void>) {
    this.#backend = backend;
    this.#afterClose = afterClose;
  }

  async define(spec: object): Promise<string> {
    const dataSource = definitionOf(spec);
    await this.#backend.define(dataSource);
    return dataSource.name;
  }

  async push(dataSource: string, events: Events): Promise<PushOutcome> {
    const { lines, events: count } = jsonLines(bytesOf(events));
    return this.#backend.push({ dataSource, format: 'json', lines, events: count });
  }

  async query<Row>(query: object, options: { readonly signal?: AbortSignal } = {}): Promise<Row[]> {
    return (await parsedAnswer((await this.#backend.query(query, options)).chunks)) as Row[];
  }

  async sql<Row>(query: string | object, options: { readonly signal?: AbortSignal } = {}): Promise<Row[]> {
    const { chunks } = await this.#backend.sql(typeof query === 'string' ? { query } : query, options);
    return (await parsedAnswer(chunks)) as Row[];
  }

  async supervise(spec: object): Promise<StreamSupervisor> {
    const read = readSupervisorSpec({ value: spec, placeOf: (path) => ({ path: formatPath(path) }) });
    await this.#backend.supervisors.submit(read);
    return streamSupervisor(this.#backend.supervisors, read.id);
  }

  async supervisors(): Promise<readonly StreamSupervisor[]> {
    const { supervisors } = this.#backend;
    return (await supervisors.ids()).map((id) => streamSupervisor(supervisors, id));
  }

  dataSources(): Promise<readonly string[]> {
    return this.#backend.dataSources();
  }

  rejects(dataSource: string): Promise<readonly Reject[]> {
    return this.#backend.rejects(dataSource);
  }

  close(): Promise<void> {
    this.#closing ??= this.#backend.close().then(this.#afterClose);
    return this.#closing;
  }
}

/** A copy, because reading lines writes into the memory it is given. */
function bytesOf(events: Events): Buffer {
  if (typeof events === 'string') return Buffer.from(events);
  if (events instanceof Uint8Array) return Buffer.from(events);
  if (!Array.isArray(events)) throw invalidInput('expected events as an array of objects, a string or bytes');
  return Buffer.from(events.map((event, index) => `${eventText(event, index)}\n`).join(''));
}
