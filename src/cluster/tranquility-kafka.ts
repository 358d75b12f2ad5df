/**
 * What Tranquility Kafka's file asks for, as supervisors of the overlord that read the users' own topics. They are the overlord's:
 * this process only finds topics, and tells what was read. https://github.com/druid-io/tranquility/blob/master/docs/kafka.md
 */
import { MillraceError } from '../errors.ts';
import type { TopicPartition } from '../kafka/index.ts';
import { flushedCounts } from '../observe/flushed.ts';
import type { TopicRoute, TranquilityKafka } from '../spec/tranquility-kafka.ts';
import { regularly } from '../waiting.ts';
import type { ClusterContext } from './context.ts';
import { ReadCounts } from './read-counts.ts';
import { type PlannedRoute, plannedRoutes } from './topic-routes.ts';
import { type Positions, superviseTopics } from './topic-supervisor.ts';

/** New topics are looked for so often. */
const lookAgainMs = 30_000;
/** Telling asks each task over HTTP. */
const leastPeriodMs = 5_000;

/** Until the signal aborts. The supervisors go on without us. */
export async function superviseTranquilityKafka(
  context: ClusterContext,
  spec: TranquilityKafka,
  signal: AbortSignal,
): Promise<void> {
  const { log } = context;
  for (const warning of warningsOf(spec)) log.warn(warning);
  const group = String(spec.consumerProperties['group.id']);
  const counts = new ReadCounts(context.druid);
  const supervised = new Set<string>();
  const superviseNew = async () => {
    const topics = (await context.kafka.metadata(/.*/)).topics.map(({ topic }) => topic);
    for (const planned of plannedRoutes(spec, topics)) {
      const { name } = planned.dataSource;
      if (supervised.has(name)) continue;
      await superviseTopics(context, topicsOf(context, spec, planned, group), signal);
      supervised.add(name);
      counts.add(name, planned.shown);
      log.info({ dataSource: name, ...planned.topics }, "read by the overlord's supervisor");
    }
  };
  try {
    await superviseNew();
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  await Promise.all([
    every(lookAgainMs, signal, log, superviseNew),
    every(Math.max(spec.commitPeriodMs, leastPeriodMs), signal, log, async () => {
      const read = await counts.take();
      if (read.size > 0)
        log.info(`${flushedCounts(read)} read by Druid's tasks, which commit offsets with their segments.`);
    }),
  ]);
  log.info({ dataSources: [...supervised] }, 'the supervisors go on; terminate them at the overlord to end them');
}

function topicsOf(
  context: ClusterContext,
  spec: TranquilityKafka,
  { dataSource, topics, matches }: PlannedRoute,
  group: string,
) {
  const start = spec.offsetReset ?? 'latest';
  const stream = { topics, consumerProperties: context.kafkaProperties, start } as const;
  return { dataSource, stream, begin: () => groupPositions(context, group, matches) };
}

/** Where the group of Tranquility's processes is, as far as the log still has it. */
async function groupPositions(
  { kafka }: ClusterContext,
  group: string,
  matches: (topic: string) => boolean,
): Promise<Positions> {
  const { topics } = await kafka.metadata(/.*/);
  const partitions = topics
    .filter(({ topic }) => matches(topic))
    .flatMap(({ topic, partitions }) => partitions.map(({ partition }): TopicPartition => ({ topic, partition })));
  const committed = await kafka.committedOffsets(group, partitions);
  const starts = await kafka.listOffsets(committed, 'earliest');
  return new Map(
    committed.map(({ topic, partition, offset }, index) => [
      `${topic}/${partition}`,
      BigInt(Math.max(offset, starts[index]?.offset ?? 0)),
    ]),
  );
}

function warningsOf({ warnings, routes }: TranquilityKafka): readonly string[] {
  const asks = (property: keyof TopicRoute) => routes.some((route) => route[property] === true);
  const stopping = (['reportDropsAsExceptions', 'reportParseExceptions'] as const).filter(asks);
  return [
    ...warnings,
    ...stopping.map(
      (property) =>
        `'${property}' stops nothing on a Druid cluster: its tasks go on, and the supervisor's stats and parseErrors tell`,
    ),
  ];
}

/** Until the signal aborts; what fails is told, and tried again the next time. */
function every(
  periodMs: number,
  signal: AbortSignal,
  log: ClusterContext['log'],
  act: () => Promise<void>,
): Promise<void> {
  return regularly(periodMs, signal, async () => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      log.warn(error.message);
    }
  });
}
