/** What tests ask of a real Druid beside what they test: its own answers, through plain `fetch`. */
import { until } from './until.ts';

/** Where a Druid's processes are, as URLs. */
export interface DruidAddresses {
  readonly broker: string;
  /** Which is the overlord, too. */
  readonly coordinator: string;
}

export interface SupervisorStatus {
  readonly state: string;
  readonly detailedState: string;
  readonly activeTasks: readonly { readonly id: string }[];
  readonly publishingTasks: readonly { readonly id: string }[];
  readonly aggregateLag?: number;
}

type Row = Readonly<Record<string, unknown>>;
type Batch = { readonly spec: { readonly dataSchema: { readonly dataSource: string } } };
type LookupStatus = Readonly<Record<string, { readonly loaded: boolean } | undefined>>;

const taskDeadlineMs = 900_000;
const lookupsDeadlineMs = 180_000;
/** A peon starts in some 15 s of processor time; several at once share it. */
const rowsDeadlineMs = 240_000;
const allOfTime = encodeURIComponent('1970-01-01/2100-01-01');
const supervisors = '/druid/indexer/v1/supervisor';

export class DruidClient {
  readonly #addresses: DruidAddresses;

  constructor(addresses: DruidAddresses) {
    this.#addresses = addresses;
  }

  /** The rows of a query in Druid SQL; none while there is no such dataSource. */
  async sql<T = Row>(query: string): Promise<readonly T[]> {
    const response = await fetch(`${this.#addresses.broker}/druid/v2/sql`, posted({ query }));
    const text = await response.text();
    if (response.status === 400 && /Object '.*' not found/.test(text)) return [];
    if (!response.ok) throw new Error(`Druid answered ${response.status} to ${query}: ${text}`);
    return JSON.parse(text);
  }

  /**
   * Returns when the sum of a metric is at least what is expected: with more the test's own comparison fails.
   * @throws Error when it is not there in four minutes, with what is.
   */
  async untilSum(dataSource: string, metric: string, expected: number): Promise<void> {
    let found: unknown;
    const query = `SELECT SUM("${metric}") AS "sum" FROM "${dataSource}"`;
    const holds = async () => {
      found = (await this.sql(query))[0]?.sum;
      return Number(found) >= expected;
    };
    await until(`${query} = ${expected}`, rowsDeadlineMs, holds, () => `it is ${found}`);
  }

  /** Submits a supervisor spec; its id. */
  async submit(spec: object): Promise<string> {
    return String((await this.json<{ id: string }>(supervisors, posted(spec))).id);
  }

  async status(supervisor: string): Promise<SupervisorStatus> {
    return (await this.json<{ payload: SupervisorStatus }>(`${supervisors}/${supervisor}/status`)).payload;
  }

  /** Ends supervisors with their tasks, and what they have read and not yet published with them. Those that are gone may be named. */
  async terminate(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const response = await fetch(`${this.#addresses.coordinator}${supervisors}/${id}/terminate`, { method: 'POST' });
      await response.body?.cancel();
    }
  }

  /**
   * Runs a batch ingestion spec to its end, and returns when its rows can be queried.
   * @throws Error with the task's log when it fails.
   */
  async ingest(task: Batch): Promise<void> {
    const { task: id } = await this.json<{ task: string }>('/druid/indexer/v1/task', posted(task));
    const { dataSource } = task.spec.dataSchema;
    await until(`task ${id} is done`, taskDeadlineMs, async () => {
      const { status } = await this.json<{ status: { status: string } }>(`/druid/indexer/v1/task/${id}/status`);
      if (status.status === 'FAILED') {
        const log = await fetch(`${this.#addresses.coordinator}/druid/indexer/v1/task/${id}/log`);
        throw new Error(`Druid's task ${id} failed:\n${(await log.text()).slice(-5000)}`);
      }
      return status.status === 'SUCCESS';
    });
    await until(`segments of ${dataSource} are served`, taskDeadlineMs, () => this.#isServed(dataSource));
  }

  /** The dataSources that can be queried. */
  async dataSources(): Promise<readonly string[]> {
    return (await fetch(`${this.#addresses.broker}/druid/v2/datasources`)).json() as Promise<string[]>;
  }

  /** Registers lookups, and returns when queries may name them. */
  async register(lookups: Readonly<Record<string, Row>>): Promise<void> {
    const path = '/druid/coordinator/v1/lookups';
    // Until something was posted there is no place for lookups.
    await this.json(`${path}/config`, posted({}));
    await this.json(`${path}/config`, posted(lookups));
    await until('lookups are there', lookupsDeadlineMs, async () => {
      const tiers = await this.json<Readonly<Record<string, LookupStatus | undefined>>>(`${path}/status`);
      return Object.entries(lookups).every(([tier, ids]) => Object.keys(ids).every((id) => tiers[tier]?.[id]?.loaded));
    });
  }

  /** What the coordinator, which is the overlord, answers. */
  async json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(this.#addresses.coordinator + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`Druid answered ${response.status} at ${path}: ${text}`);
    return JSON.parse(text);
  }

  /** The coordinator answers with text, not JSON, until it has heard of the segments; by default it looks at two weeks. */
  async #isServed(dataSource: string): Promise<boolean> {
    const path = `/druid/coordinator/v1/datasources/${dataSource}/loadstatus?forceMetadataRefresh=true&simple=true&interval=${allOfTime}`;
    const text = await (await fetch(this.#addresses.coordinator + path)).text();
    if (!text.startsWith('{') || Object.values(JSON.parse(text)).some((left) => left !== 0)) return false;
    return (await this.dataSources()).includes(dataSource);
  }
}

const posted = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
