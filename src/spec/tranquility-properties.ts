/**
 * The properties of Tranquility's files. A dataSource's own take precedence over the file's. All arrive as text or as what they are.
 * What steers Druid's tasks and their HTTP clients is read as the original read it, and has no effect here.
 */
import { z } from 'zod';
import { lenientBoolean, lenientNumber, oneOf } from './lenient.ts';
import { patternProblem } from './topic-pattern.ts';
import { millisOfPeriod } from './window.ts';

const anyText = z.union([z.string(), z.number().transform(String)]);
const text = (byDefault: string) => anyText.default(byDefault);
/** No more than Java's int, which is the most milliseconds that a timer takes, too. */
const whole = (byDefault: number, least = 0) =>
  lenientNumber.pipe(z.int().min(least).max(2_147_483_647)).default(byDefault);
const flag = (byDefault: boolean) => lenientBoolean.default(byDefault);
const millis = (byDefault: string) => millisOfPeriod.prefault(byDefault);
const pattern = (byDefault: string) =>
  text(byDefault).superRefine((value, context) => {
    const problem = patternProblem(value);
    if (problem) context.addIssue({ code: 'custom', message: `expected a regular expression: ${problem}` });
  });
const port = (byDefault: number) => lenientNumber.pipe(z.int().min(0).max(65_535)).default(byDefault);

const effective = {
  'tranquility.maxBatchSize': whole(2000, 1),
  'tranquility.maxPendingBatches': whole(5, 1),
  /** -1 waits for full batches. */
  'tranquility.lingerMillis': whole(0, -1),
  'tranquility.blockOnFull': flag(true),
  /** Ours: `event` judges by an event's own time, `bucket` by its segment's, as the original's source does. */
  windowRule: oneOf(['event', 'bucket']).default('event'),
  'http.port': port(8200),
  'http.port.enable': flag(true),

  /** Of Kafka's topics, those whose whole name it matches. The default matches none. */
  topicPattern: pattern('(?!)'),
  /** Of several dataSources that match, the one with the highest takes the topic. */
  'topicPattern.priority': whole(1),
  useTopicAsDataSource: flag(false),
  reportDropsAsExceptions: flag(false),
  reportParseExceptions: flag(false),
  'commit.periodMillis': whole(15_000, 1),
  /** How many readers the partitions are dealt out to, each with a batch of its own. -1: one for each core but one. */
  'consumer.numThreads': whole(-1, -1),
  /** On a Druid cluster: partitions of the topic, each read by a task of its own, and tasks that read the same one. */
  'task.partitions': whole(1, 1),
  'task.replicants': whole(1, 1),
  'kafka.group.id': text('tranquility-kafka').transform((value) => value || 'tranquility-kafka'),
};

/** Where Druid is, for `--druid from-file`, and how to log in to it. */
const ofDruid = {
  'zookeeper.connect': text('localhost:2181'),
  'zookeeper.timeout': millis('PT20S'),
  'druid.discovery.curator.path': text('/druid/discovery'),
  'druid.selectors.indexing.serviceName': text('druid/overlord'),
  'druidBeam.basicAuthUser': text(''),
  'druidBeam.basicAuthPass': text(''),
  'druid.tls.enable': flag(false),
  'druid.tls.protocol': text('TLSv1.2'),
  'druid.tls.trustStorePath': text(''),
  'druid.tls.trustStorePassword': text(''),
  'druid.tls.trustStoreType': text(''),
};

const withoutEffect = {
  'serialization.format': oneOf(['json', 'smile']).default('json'),
  'http.threads': whole(40, 1),
  'http.idleTimeout': millis('PT5M'),
  'https.port': port(8400),
  'https.port.enable': flag(false),
  'https.keyStorePath': text(''),
  'https.keyStoreType': text(''),
  'https.keyStorePassword': text(''),
  'https.certAlias': text(''),

  'kafka.zookeeper.connect': anyText.optional(),

  'zookeeper.path': text('/tranquility/beams'),
  'task.warmingPeriod': millis('PT0M'),
  'druidBeam.firehoseGracePeriod': millis('PT5M'),
  'druidBeam.firehoseQuietPeriod': millis('PT1M'),
  'druidBeam.firehoseRetryPeriod': millis('PT1M'),
  'druidBeam.indexRetryPeriod': millis('PT1M'),
  'druidBeam.firehoseBufferSize': whole(100_000, 1),
  'druidBeam.firehoseChunkSize': whole(1000, 1),
  'druidBeam.randomizeTaskId': flag(false),
  'druidBeam.overlordLocator': text('curator'),
  'druidBeam.taskLocator': text('curator'),
  'druidBeam.overlordPollPeriod': millis('PT20S'),
  'druid.tls.trustStoreAlgorithm': text(''),
};

const shape = { ...effective, ...ofDruid, ...withoutEffect };

export const effectiveProperties: readonly string[] = Object.keys(effective);
export const propertiesOfDruid: readonly string[] = Object.keys(ofDruid);

/** With their defaults; `kafka.*` beyond these goes to the consumer as it is. */
export const propertiesSchema = z.looseObject(shape);

export type TranquilityProperties = Readonly<z.infer<typeof propertiesSchema>>;

export const propertyNames: readonly string[] = Object.keys(shape);

/** Whether a property means anything, to the original or to us. */
export const isKnownProperty = (name: string): boolean => propertyNames.includes(name) || name.startsWith('kafka.');
