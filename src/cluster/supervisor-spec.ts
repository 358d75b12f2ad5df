/**
 * A definition ↔ the Kafka supervisor by which a Druid takes it in. The overlord keeps all there is to know of it, so that every
 * instance can find it there: what a supervisor's spec has no place for stands in its context, as `millrace`.
 * https://druid.apache.org/docs/latest/ingestion/kafka-ingestion#supervisor-spec
 */
import { z } from 'zod';
import { unsupported } from '../errors.ts';
import type { KafkaProperties } from '../kafka/index.ts';
import { restoreDataSource } from '../spec/data-schema.ts';
import type { ClockWindow, DataSource } from '../spec/data-source.ts';
import { rejectionPeriods } from './rejection-periods.ts';

/** Where the events come from: a topic of ours that pushes go through, or topics of the users' own. */
export type Origin = 'pushes' | 'topics';

export interface Stream {
  readonly origin: Origin;
  /** A name, or a pattern that whole names have to match. */
  readonly topics: { readonly topic: string } | { readonly topicPattern: string };
  /** Of the consumers in Druid's tasks. */
  readonly consumerProperties: KafkaProperties;
  /** Where partitions begin that Druid has no offset of; later it reads on from its own. */
  readonly start: 'earliest' | 'latest';
}

/** What the overlord takes and gives. */
export type SupervisorJson = Readonly<Record<string, unknown>>;

/** How many events that no task could parse are shown at `parseErrors`. */
const keptParseErrors = 100;

/**
 * How often the overlord asks a new task until it gives it up: three minutes. By default it is one, which a busy machine may need to
 * start a process; then tasks are killed and begun again without end.
 */
const chatRetries = 20;

/** @throws MillraceError `unsupported` for what a topic's records cannot be. */
export function requireRecords({ name, input }: DataSource): void {
  if (input.type === 'delimited' && input.header?.namesColumns)
    throw unsupported(
      `dataSource '${name}' takes its columns from a header row, which a topic's records have not; name its columns in the inputFormat`,
    );
}

/** @throws MillraceError as {@link requireRecords}. */
export function supervisorOf(dataSource: DataSource, stream: Stream): SupervisorJson {
  const { tasks, window } = dataSource;
  requireRecords(dataSource);
  return {
    type: 'kafka',
    context: { millrace: { origin: stream.origin, window } },
    suspended: false,
    spec: {
      dataSchema: dataSource.dataSchema,
      ioConfig: {
        ...stream.topics,
        inputFormat: recordFormat(dataSource.inputFormat),
        consumerProperties: ofTasks(stream.consumerProperties),
        useEarliestOffset: stream.start === 'earliest',
        taskCount: tasks?.partitions ?? 1,
        replicas: tasks?.replicas ?? 1,
        taskDuration: 'PT1H',
        ...rejectionPeriods(dataSource, stream.origin === 'pushes'),
      },
      tuningConfig: { type: 'kafka', chatRetries, logParseExceptions: true, maxSavedParseExceptions: keptParseErrors },
    },
  };
}

/** A task has a group of its own, and begins where the supervisor says. */
function ofTasks(properties: KafkaProperties): KafkaProperties {
  const { 'group.id': _group, 'auto.offset.reset': _reset, ...others } = properties;
  return others;
}

/** Rows to be skipped are those of a pushed body; a record is one event. */
export function recordFormat(inputFormat: unknown): unknown {
  const { skipHeaderRows: _rows, ...format } = inputFormat as Readonly<Record<string, unknown>>;
  return format;
}

const markSchema = z.object({
  origin: z.enum(['pushes', 'topics']),
  window: z.custom<ClockWindow>(),
  beginning: z.boolean().optional(),
});

/** The same, suspended and marked as one whose first offsets have yet to be set. */
export const beforeBeginning = (supervisor: SupervisorJson): SupervisorJson => {
  const { millrace } = supervisor.context as { readonly millrace: object };
  return { ...supervisor, suspended: true, context: { millrace: { ...millrace, beginning: true } } };
};

const supervisorSchema = z.looseObject({
  suspended: z.boolean().nullish(),
  context: z.looseObject({ millrace: z.unknown() }).nullish(),
  spec: z.looseObject({
    dataSchema: z.looseObject({}),
    ioConfig: z.looseObject({
      topic: z.string().nullish(),
      topicPattern: z.string().nullish(),
      inputFormat: z.unknown(),
      taskCount: z.int().nullish(),
      replicas: z.int().nullish(),
    }),
  }),
});

export interface FoundSupervisor {
  /** Undefined for one that others made. */
  readonly origin: Origin | undefined;
  /** The topic, or the pattern of topics. */
  readonly stream: string;
  readonly isPattern: boolean;
  readonly suspended: boolean;
  /** Whether its first offsets have yet to be set. */
  readonly isBeginning: boolean;
  /** Of one that pushes go through. */
  readonly dataSource: DataSource | undefined;
}

/** What the overlord tells of a supervisor of any kind; undefined for one that reads no Kafka. */
export function readSupervisor(json: unknown): FoundSupervisor | undefined {
  const supervisor = supervisorSchema.safeParse(json).data;
  const { topic, topicPattern } = supervisor?.spec.ioConfig ?? {};
  const stream = topic ?? topicPattern;
  if (!supervisor || typeof stream !== 'string') return undefined;
  const { context, suspended, spec } = supervisor;
  const mark = markSchema.safeParse(context?.millrace).data;
  const { inputFormat, taskCount, replicas } = spec.ioConfig;
  const tasks = { partitions: taskCount ?? 1, replicas: replicas ?? 1 };
  return {
    origin: mark?.origin,
    stream,
    isPattern: typeof topic !== 'string',
    suspended: suspended ?? false,
    isBeginning: mark?.beginning ?? false,
    dataSource:
      mark?.origin === 'pushes'
        ? restoreDataSource({ ...spec.dataSchema, inputFormat, window: mark.window, tasks })
        : undefined,
  };
}
