/**
 * `ioConfig` and `tuningConfig` of a supervisor, as JSON with all their defaults.
 * https://druid.apache.org/docs/latest/ingestion/supervisor
 * https://druid.apache.org/docs/latest/ingestion/kafka-ingestion#supervisor-spec-configuration
 *
 * Fields about Druid's processes (memory, HTTP between tasks, replicas) are read and shown, and steer nothing here.
 */
import { z } from 'zod';
import type { TypeIssueParams } from '../catalog/define.ts';
import { periodMillis } from '../catalog/period.ts';
import { parseInstant } from '../catalog/time.ts';
import { lenientBoolean, lenientNumber, oneOf } from './lenient.ts';

/** `null` is as good as nothing, as Druid's parser takes it. */
const field = <S extends z.ZodType>(schema: S, byDefault: z.output<S>) =>
  schema.nullish().transform((value) => value ?? byDefault);
const nullable = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);

const isPeriod = (text: string) => (periodMillis(text) ?? -1) >= 0;
const periodText = z
  .string()
  .refine(isPeriod, { error: 'expected an ISO 8601 period without months, such as PT10M or P1D' });
const someTime = periodText.refine((text) => periodMillis(text) !== 0, { error: 'expected a period above zero' });
const instantText = z.string().refine((text) => parseInstant(text) !== undefined, {
  error: 'expected an ISO 8601 instant such as 2026-01-31T00:00Z',
});
const whole = (least: number) => lenientNumber.pipe(z.int().min(least));

/** For what changes which records are read, so that it cannot be passed over. */
const notSupported = (message: string) =>
  z
    .unknown()
    .optional()
    .transform((value, context) => {
      if (value === undefined || value === null) return undefined;
      const params: TypeIssueParams = { unsupported: true };
      context.issues.push({ code: 'custom', params, input: value, message });
      return z.NEVER;
    });

const isPattern = (text: string) => {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
};

const idleConfig = z.object({
  enabled: field(lenientBoolean, false),
  inactiveAfterMillis: field(whole(1), 600_000),
});

const consumerProperties = z
  .record(z.string(), z.unknown())
  .refine(
    (properties) =>
      typeof properties['bootstrap.servers'] === 'string' && properties['bootstrap.servers'].trim() !== '',
    { path: ['bootstrap.servers'], error: "expected the brokers' addresses, such as 'localhost:9092'" },
  );

export const ioConfigSchema = z
  .object({
    topic: nullable(z.string().min(1)),
    topicPattern: nullable(z.string().refine(isPattern, { error: 'expected a regular expression' })),
    inputFormat: nullable(z.looseObject({})),
    consumerProperties,
    taskCount: field(whole(1), 1),
    replicas: field(whole(1), 1),
    taskDuration: field(someTime, 'PT1H'),
    startDelay: field(periodText, 'PT5S'),
    period: field(someTime, 'PT30S'),
    useEarliestOffset: field(lenientBoolean, false),
    completionTimeout: field(periodText, 'PT30M'),
    pollTimeout: field(whole(0), 100),
    lateMessageRejectionPeriod: nullable(periodText),
    lateMessageRejectionStartDateTime: nullable(instantText),
    earlyMessageRejectionPeriod: nullable(periodText),
    idleConfig: nullable(idleConfig),
    autoScalerConfig: nullable(z.looseObject({})),
    stopTaskCount: nullable(whole(1)),
    // Passed over, it would let records in that are to be left out.
    kafkaHeaderBasedFilterConfig: notSupported('records cannot be filtered by their headers'),
  })
  .refine(({ topic, topicPattern }) => (topic === null) !== (topicPattern === null), {
    path: ['topic'],
    error: 'expected either a topic or a topicPattern',
  })
  .refine((io) => io.lateMessageRejectionPeriod === null || io.lateMessageRejectionStartDateTime === null, {
    path: ['lateMessageRejectionStartDateTime'],
    error: 'expected only one of lateMessageRejectionPeriod and lateMessageRejectionStartDateTime',
  });

export type IoConfig = Readonly<z.infer<typeof ioConfigSchema>>;

export const tuningConfigSchema = z.object({
  type: field(oneOf(['kafka']), 'kafka'),
  maxRowsInMemory: field(whole(1), 150_000),
  maxBytesInMemory: field(whole(-1), 0),
  maxRowsPerSegment: field(whole(1), 5_000_000),
  maxTotalRows: field(whole(1), 20_000_000),
  intermediatePersistPeriod: field(periodText, 'PT10M'),
  intermediateHandoffPeriod: field(periodText, 'P2147483647D'),
  maxPendingPersists: field(whole(0), 0),
  handoffConditionTimeout: field(whole(0), 900_000),
  resetOffsetAutomatically: field(lenientBoolean, false),
  workerThreads: nullable(whole(1)),
  chatRetries: field(whole(0), 8),
  httpTimeout: field(periodText, 'PT10S'),
  shutdownTimeout: field(periodText, 'PT80S'),
  offsetFetchPeriod: field(periodText, 'PT30S'),
  reportParseExceptions: field(lenientBoolean, false),
  logParseExceptions: field(lenientBoolean, false),
  /** Java's largest int means no limit. */
  maxParseExceptions: field(whole(0), 2_147_483_647),
  maxSavedParseExceptions: field(whole(0), 0),
});

export type TuningConfig = Readonly<z.infer<typeof tuningConfigSchema>>;
