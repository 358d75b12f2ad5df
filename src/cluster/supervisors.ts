/** Supervisors of the overlord. https://druid.apache.org/docs/latest/api-reference/supervisor-api */
import type {
  ParseError,
  SupervisorStateReport,
  SupervisorStatus,
  Supervisors,
  SupervisorVersion,
  TaskStats,
} from '../backend.ts';
import { formatPath } from '../catalog/validate.ts';
import type { Druid } from '../druid/index.ts';
import { notFound } from '../errors.ts';
import { readSupervisorSpec, type SupervisorSpec, supervisorJson } from '../spec/supervisor.ts';
import type { ClusterContext } from './context.ts';
import { findSupervisor, submitSupervisor, supervisorPath, supervisorsPath } from './overlord.ts';
import { readSupervisor } from './supervisor-spec.ts';

export function openSupervisors({ druid }: Pick<ClusterContext, 'druid'>): Supervisors {
  return new OverlordSupervisors(druid);
}

class OverlordSupervisors implements Supervisors {
  readonly #druid: Druid;

  constructor(druid: Druid) {
    this.#druid = druid;
  }

  submit(spec: SupervisorSpec, options?: { readonly skipRestartIfUnmodified?: boolean }): Promise<void> {
    const { type, spec: parts, context, suspended } = supervisorJson(spec);
    return submitSupervisor(this.#druid, { type, spec: parts, context, suspended }, options);
  }

  ids(): Promise<readonly string[]> {
    return this.#ask(supervisorsPath);
  }

  async spec(id: string): Promise<SupervisorSpec> {
    const value = await this.#ask(supervisorPath(id));
    return readSupervisorSpec({ value, placeOf: (path) => ({ path: formatPath(path) }) });
  }

  async state(id: string): Promise<SupervisorStateReport> {
    const { state, detailedState, healthy } = (await this.status(id)).payload;
    return { state, detailedState, healthy };
  }

  status(id: string): Promise<SupervisorStatus> {
    return this.#ask(supervisorPath(id, 'status'));
  }

  stats(id: string): Promise<TaskStats> {
    return this.#ask(supervisorPath(id, 'stats'));
  }

  parseErrors(id: string): Promise<readonly ParseError[]> {
    return this.#ask(supervisorPath(id, 'parseErrors'));
  }

  history(): Promise<Readonly<Record<string, readonly SupervisorVersion[]>>> {
    return this.#ask(`${supervisorsPath}/history`);
  }

  suspend(id: string): Promise<void> {
    return this.#do(id, 'suspend');
  }

  resume(id: string): Promise<void> {
    return this.#do(id, 'resume');
  }

  reset(id: string): Promise<void> {
    return this.#do(id, 'reset');
  }

  async resetOffsets(id: string, positions: ReadonlyMap<string, bigint>): Promise<void> {
    const supervisor = readSupervisor(await findSupervisor(this.#druid, id));
    if (!supervisor) throw notFound(`there is no supervisor '${id}'`);
    const { stream, isPattern } = supervisor;
    const keyOf = (partition: string) => (isPattern ? partition.replace('/', ':') : partition.split('/')[1]);
    const partitionOffsetMap = Object.fromEntries(
      [...positions].map(([partition, position]) => [keyOf(partition), Number(position)]),
    );
    await this.#do(id, 'resetOffsets', {
      type: 'kafka',
      partitions: { type: 'end', stream, partitionOffsetMap },
    });
  }

  terminate(id: string): Promise<void> {
    return this.#do(id, 'terminate');
  }

  handOff(id: string, taskGroupIds: readonly number[]): Promise<void> {
    return this.#do(id, 'taskGroups/handoff', { taskGroupIds });
  }

  /** Its answers have the shapes of the interface, which are Druid's. */
  async #ask<T>(path: string): Promise<T> {
    return (await this.#druid.json('overlord', path)) as T;
  }

  async #do(id: string, action: string, body?: object): Promise<void> {
    await this.#druid.json('overlord', supervisorPath(id, action), { method: 'POST', body });
  }
}
