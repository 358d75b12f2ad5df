/** Supervisors that read topics of the users' own. */
import { MillraceError } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';
import type { ClusterContext } from './context.ts';
import { findSupervisor, isUnheardOf, submitSupervisor } from './overlord.ts';
import { patiently } from './patience.ts';
import { beforeBeginning, readSupervisor, type Stream, supervisorOf } from './supervisor-spec.ts';
import { openSupervisors } from './supervisors.ts';

const patienceMs = 60_000;

/** By partition (`topic/number`). */
export type Positions = ReadonlyMap<string, bigint>;

export interface TopicSupervisor {
  readonly dataSource: DataSource;
  readonly stream: Omit<Stream, 'origin'>;
  /** Where it begins when there never was one; partitions that are missing begin at the stream's start. */
  begin(): Promise<Positions>;
}

/** Has the overlord read them from now on, as it did if it does already; settled when it knows. */
export async function superviseTopics(
  context: ClusterContext,
  { dataSource, stream, begin }: TopicSupervisor,
  signal: AbortSignal,
): Promise<void> {
  const { druid, log } = context;
  const { name } = dataSource;
  const supervisor = supervisorOf(dataSource, { ...stream, origin: 'topics' });
  await patiently({ log, signal, what: `supervising '${name}'`, patienceMs }, async () => {
    const there = readSupervisor(await findSupervisor(druid, name));
    if (there && there.origin !== 'topics') throw taken(name, there.stream);
    const isFirst = there ? there.isBeginning : await isUnheardOf(druid, name);
    const positions = isFirst ? await begin() : new Map<string, bigint>();
    if (positions.size > 0) {
      // The overlord does one after the other, and no task runs before the last.
      await submitSupervisor(druid, beforeBeginning(supervisor));
      await openSupervisors(context).resetOffsets(name, positions);
      log.info({ dataSource: name, offsets: shown(positions) }, 'begins at offsets that were committed to Kafka');
    }
    // Who suspended it resumes it.
    const suspended = there !== undefined && !there.isBeginning && there.suspended;
    await submitSupervisor(druid, { ...supervisor, suspended }, { skipRestartIfUnmodified: true });
  });
}

const shown = (positions: Positions) => Object.fromEntries([...positions].map(([name, at]) => [name, Number(at)]));

const taken = (name: string, stream: string): MillraceError =>
  new MillraceError(
    'conflict',
    `dataSource '${name}' has a supervisor already, which reads the topic '${stream}' and was not made for this. Terminate it first, or give this dataSource another name.`,
  );
