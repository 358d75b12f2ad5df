/** The topics of a supervisor of ours: it stops at its committed offsets, and Druid's begins at exactly those. */
import { findSupervisor, submitSupervisor } from '../cluster/overlord.ts';
import { openCluster as openKafka } from '../kafka/index.ts';
import { streamOf, supervisorJson } from '../spec/supervisor.ts';
import { wholeName } from '../spec/topic-pattern.ts';
import type { PromotionContext } from './context.ts';
import { type EventStream, logEnds, storedPositions, terminateThere } from './stream.ts';
import type { Turning } from './turning.ts';

export async function supervisedStream(context: PromotionContext, turning: Turning): Promise<EventStream> {
  const { embedded, cluster, dataSource } = context;
  const { name } = dataSource;
  const { supervisors } = embedded;
  const spec = await supervisors.spec(name);
  const pattern = wholeName(streamOf(spec));
  const isSuspended = async () => (await supervisors.spec(name)).suspended;
  const topics = spec.ioConfig.topic === null ? pattern : [spec.ioConfig.topic];
  return {
    topics,
    // Its own Kafka, which need not be the one that pushes go through.
    ends: async () => {
      await using kafka = openKafka(spec.ioConfig.consumerProperties);
      return await logEnds(kafka, topics);
    },
    declare: async () => {
      if (await findSupervisor(cluster.druid, name)) return;
      const { type, spec: parts, context: given } = supervisorJson(spec);
      await submitSupervisor(cluster.druid, { type, spec: parts, context: given, suspended: true });
    },
    positions: () => storedPositions(context, (topic) => topic === spec.ioConfig.topic || pattern.test(topic)),
    stop: async () => {
      // This first: killed in between, what gives the promotion up finds a supervisor that goes on.
      await turning.to('draining');
      if (!(await isSuspended())) await supervisors.suspend(name);
    },
    takeBack: async () => {
      await terminateThere(context);
      if (await isSuspended()) await supervisors.resume(name);
      await turning.to('history');
    },
    // Its offsets are those of its own Kafka, wherever the promotion goes.
    forget: async () => {},
    end: () => supervisors.terminate(name),
  };
}
