/** All supervisors of a data folder: they are in the database, and come back with it. */
import type {
  ParseError,
  SupervisorStateReport,
  SupervisorStatus,
  Supervisors,
  SupervisorVersion,
  TaskStats,
} from '../../backend.ts';
import { formatPath } from '../../catalog/validate.ts';
import { invalidInput, notFound } from '../../errors.ts';
import type { Stream } from '../../sources/stream.ts';
import type { DataSource } from '../../spec/data-source.ts';
import { loadJson } from '../../spec/load.ts';
import { readSupervisorSpec, type SupervisorSpec, supervisorJson } from '../../spec/supervisor.ts';
import { Mutex } from '../../store/mutex.ts';
import { readHistory, readSupervisors, removeSupervisor, writeSupervisor } from '../../store/supervisors.ts';
import { atPlace } from '../consumer-properties.ts';
import { shownPartition } from './partitions.ts';
import { lags, stateReport, statsReport, statusReport } from './report.ts';
import { Supervisor, type SupervisorContext } from './supervisor.ts';

export interface SupervisorsOptions extends SupervisorContext {
  /** Throws a MillraceError when the spec's properties cannot be used; connecting comes later, with the first question. */
  openStream(spec: SupervisorSpec): Promise<Stream>;
  /** Adds the dataSource, or changes its definition. */
  define(dataSource: DataSource): Promise<void>;
}

export interface SupervisorSnapshot {
  readonly spec: SupervisorSpec;
  readonly state: SupervisorStateReport;
  readonly status: SupervisorStatus;
}

export class EmbeddedSupervisors implements Supervisors {
  readonly #options: SupervisorsOptions;
  readonly #supervisors = new Map<string, Supervisor>();
  /** Changes come one after another. */
  readonly #changing = new Mutex();

  private constructor(options: SupervisorsOptions) {
    this.#options = options;
    const { streamLag } = options.metrics;
    options.metrics.beforeExposition(() => {
      streamLag.reset();
      for (const [id, supervisor] of this.#supervisors)
        for (const [partition, lag] of lags(supervisor))
          streamLag.set({ supervisor: id, partition: shownPartition(supervisor.spec, partition) }, Number(lag));
    });
  }

  /** Starts those that the database holds. */
  static async open(options: SupervisorsOptions): Promise<EmbeddedSupervisors> {
    const supervisors = new EmbeddedSupervisors(options);
    for (const { id, spec } of await options.store.transaction(readSupervisors)) {
      try {
        await supervisors.#start(readSupervisorSpec(loadJson(spec)));
      } catch (error) {
        options.log.error({ supervisor: id, err: error }, 'a supervisor cannot be started again; submit its spec anew');
      }
    }
    return supervisors;
  }

  async submit(
    spec: SupervisorSpec,
    { skipRestartIfUnmodified = false }: { readonly skipRestartIfUnmodified?: boolean } = {},
  ): Promise<void> {
    using _lock = await this.#changing.acquire();
    const before = this.#supervisors.get(spec.id);
    if (skipRestartIfUnmodified && before && textOf(before.spec) === textOf(spec)) return;
    // Its properties may be wrong; the one before reads on then.
    const stream = await this.#openStream(spec);
    try {
      await this.#options.define(spec.dataSource);
      await this.#replace(spec, stream);
    } catch (error) {
      await stream.close();
      throw error;
    }
  }

  async ids(): Promise<readonly string[]> {
    return [...this.#supervisors.keys()].sort();
  }

  async spec(id: string): Promise<SupervisorSpec> {
    return this.#find(id).spec;
  }

  async state(id: string): Promise<SupervisorStateReport> {
    return stateReport(this.#find(id));
  }

  async status(id: string): Promise<SupervisorStatus> {
    return statusReport(this.#find(id), this.#options.now());
  }

  async stats(id: string): Promise<TaskStats> {
    return statsReport(this.#find(id));
  }

  async parseErrors(id: string): Promise<readonly ParseError[]> {
    return this.#find(id).parseErrors.list;
  }

  async history(): Promise<Readonly<Record<string, readonly SupervisorVersion[]>>> {
    const versions = await this.#options.store.transaction(readHistory);
    const byId = Map.groupBy(versions, ({ id }) => id);
    return Object.fromEntries(
      [...byId].map(([id, all]) => [id, all.map(({ spec, version }) => ({ spec: JSON.parse(spec), version }))]),
    );
  }

  suspend(id: string): Promise<void> {
    return this.#setSuspended(id, true);
  }

  resume(id: string): Promise<void> {
    return this.#setSuspended(id, false);
  }

  async reset(id: string): Promise<void> {
    await this.#whileStopped(id, ({ positions }) => positions.forget());
  }

  async resetOffsets(id: string, moved: ReadonlyMap<string, bigint>): Promise<void> {
    await this.#whileStopped(id, ({ positions }) => positions.move(moved));
  }

  async terminate(id: string): Promise<void> {
    using _lock = await this.#changing.acquire();
    const supervisor = this.#find(id);
    await supervisor.stop({ handOff: true });
    // What Druid writes down for a supervisor that is no more.
    const tombstone = JSON.stringify({ type: 'NoopSupervisorSpec', id, dataSources: [id], suspended: false });
    await this.#options.store.transaction((transaction) =>
      removeSupervisor(transaction, { id, spec: tombstone, version: this.#version() }),
    );
    this.#supervisors.delete(id);
  }

  async handOff(id: string, taskGroups: readonly number[]): Promise<void> {
    this.#find(id).endEarly(taskGroups);
  }

  /** All as they are at this moment, by id. */
  snapshot(): readonly SupervisorSnapshot[] {
    const now = this.#options.now();
    return [...this.#supervisors.values()]
      .map((supervisor) => ({
        spec: supervisor.spec,
        state: stateReport(supervisor),
        status: statusReport(supervisor, now),
      }))
      .sort((a, b) => (a.spec.id < b.spec.id ? -1 : 1));
  }

  /** Stops reading. The database keeps them as they are, for the next start. */
  async close(): Promise<void> {
    using _lock = await this.#changing.acquire();
    await Promise.all([...this.#supervisors.values()].map((supervisor) => supervisor.stop({ handOff: false })));
  }

  async #setSuspended(id: string, suspended: boolean): Promise<void> {
    using _lock = await this.#changing.acquire();
    const { spec } = this.#find(id);
    if (spec.suspended === suspended) throw invalidInput(`[${id}] is already ${suspended ? 'suspended' : 'running'}`);
    const changed = { ...spec, suspended };
    await this.#replace(changed, await this.#openStream(changed));
  }

  /** The one before reads up to where the new one begins. */
  async #replace(spec: SupervisorSpec, stream: Stream): Promise<void> {
    const { id, suspended } = spec;
    const before = this.#supervisors.get(id);
    await before?.stop({ handOff: true });
    const stored = { id, spec: textOf(spec), version: this.#version(), suspended };
    try {
      await this.#options.store.transaction((transaction) => writeSupervisor(transaction, stored));
    } catch (error) {
      if (before) await this.#start(before.spec);
      throw error;
    }
    await this.#start(spec, stream);
  }

  async #whileStopped(id: string, change: (supervisor: Supervisor) => Promise<void>): Promise<void> {
    using _lock = await this.#changing.acquire();
    const supervisor = this.#find(id);
    await supervisor.stop({ handOff: true });
    try {
      await change(supervisor);
    } finally {
      await this.#start(supervisor.spec);
    }
  }

  async #start(spec: SupervisorSpec, stream?: Stream): Promise<void> {
    const opened = stream ?? (await this.#openStream(spec));
    this.#supervisors.set(spec.id, new Supervisor(this.#options, spec, opened));
  }

  #openStream(spec: SupervisorSpec): Promise<Stream> {
    const { consumerProperties } = spec.ioConfig;
    const path = ['spec', 'ioConfig', 'consumerProperties'];
    const placeOf = (property: string | undefined) => ({ path: formatPath(property ? [...path, property] : path) });
    return atPlace(consumerProperties, placeOf, () => this.#options.openStream(spec));
  }

  #find(id: string): Supervisor {
    const supervisor = this.#supervisors.get(id);
    if (supervisor) return supervisor;
    throw notFound(`[${id}] does not exist`);
  }

  #version(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

const textOf = (spec: SupervisorSpec): string => JSON.stringify(supervisorJson(spec));
