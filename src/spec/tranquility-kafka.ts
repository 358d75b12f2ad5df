/**
 * A Tranquility file as Tranquility Kafka reads it: which topics go to which dataSource, and how Kafka is read.
 * https://github.com/druid-io/tranquility/blob/master/docs/kafka.md
 */
import { availableParallelism } from 'node:os';
import { type JsonPath, mistakesError } from '../catalog/validate.ts';
import type { Place } from '../errors.ts';
import type { DataSource } from './data-source.ts';
import type { Loaded } from './load.ts';
import { missingBrokers, modernKafkaProperties } from './old-kafka-properties.ts';
import { wholeName } from './topic-pattern.ts';
import { readTranquilityFile, type TranquilityFile } from './tranquility.ts';

export interface TranquilityKafka {
  /** In order of priority; of equals the first in the file comes first. */
  readonly routes: readonly TopicRoute[];
  /** Kafka's, of today's consumers, `group.id` and `bootstrap.servers` among them. */
  readonly consumerProperties: Readonly<Record<string, unknown>>;
  /** `auto.offset.reset`; undefined when the file does not say. */
  readonly offsetReset: OffsetReset | undefined;
  readonly commitPeriodMs: number;
  /** That the partitions are dealt out to, each with a batch of its own. */
  readonly threads: number;
  /** One for each old property of Kafka's. */
  readonly warnings: readonly string[];
  /** Where one of the consumer's properties stands in the file, or all of them. */
  placeOf(property: string | undefined): Place;
}

export type OffsetReset = 'earliest' | 'latest';

export interface TopicRoute {
  /** Of the whole name of a topic. */
  readonly topics: RegExp;
  readonly dataSource: DataSource;
  /** Whether the events of a topic go to a dataSource of the topic's name instead, with this one's definition. */
  readonly useTopicAsDataSource: boolean;
  readonly reportDropsAsExceptions: boolean;
  readonly reportParseExceptions: boolean;
}

/** Of Kafka's consumers, to which they go without it. */
const ofConsumer = 'kafka.';

/**
 * Throws `invalidInput` with the place of the first mistake.
 * @param namesBrokers whether the file has to say where Kafka is.
 */
export function readTranquilityKafka(loaded: Loaded, namesBrokers = true): TranquilityKafka {
  const file = readTranquilityFile(loaded);
  const { dataSources, properties, propertiesOf } = file;
  const fail = (path: JsonPath, message: string) =>
    mistakesError([{ path, message, unsupported: false }], { what: 'Tranquility file', place: loaded.placeOf });
  const ofKafka = Object.entries(properties).flatMap(([name, value]) =>
    name.startsWith(ofConsumer) ? [[name.slice(ofConsumer.length), value]] : [],
  );
  const modern = modernKafkaProperties(Object.fromEntries(ofKafka));
  const { 'auto.offset.reset': given, ...consumerProperties } = modern.properties;
  const reset = given === '' ? undefined : given;
  const missing = missingBrokers(modern, 'kafka.bootstrap.servers');
  if (namesBrokers && missing !== undefined) throw fail(['properties', 'kafka.bootstrap.servers'], missing);
  if (reset !== undefined && reset !== 'earliest' && reset !== 'latest')
    throw fail(['properties', 'kafka.auto.offset.reset'], `expected earliest or latest, got '${String(reset)}'`);
  const routes = dataSources.map((dataSource) => {
    const own = propertiesOf.get(dataSource.name) ?? properties;
    const route: TopicRoute = {
      topics: wholeName(own.topicPattern),
      dataSource,
      useTopicAsDataSource: own.useTopicAsDataSource,
      reportDropsAsExceptions: own.reportDropsAsExceptions,
      reportParseExceptions: own.reportParseExceptions,
    };
    return { route, priority: own['topicPattern.priority'] };
  });
  if (!namesTopics(file))
    throw fail(
      ['dataSources'],
      "expected a dataSource with a 'topicPattern' in its properties; without one no topic is read",
    );
  const threads = properties['consumer.numThreads'];
  return {
    routes: routes.toSorted((one, other) => other.priority - one.priority).map(({ route }) => route),
    consumerProperties,
    offsetReset: reset,
    commitPeriodMs: properties['commit.periodMillis'],
    threads: threads > 0 ? threads : Math.max(1, availableParallelism() - 1),
    warnings: modern.warnings.map((warning) => `of the properties kafka.*: ${warning}`),
    placeOf: (property) => loaded.placeOf(['properties', ...(property === undefined ? [] : [ofConsumer + property])]),
  };
}

/** Whether any of its dataSources has a topicPattern. */
export const namesTopics = ({ propertiesOf }: TranquilityFile): boolean =>
  [...propertiesOf.values()].some(({ topicPattern }) => topicPattern !== '(?!)');

/** The route of a topic; undefined when no pattern matches. */
export const routeOf = ({ routes }: TranquilityKafka, topic: string): TopicRoute | undefined =>
  routes.find(({ topics }) => topics.test(topic));

/** The dataSource that takes a topic's events. */
export function dataSourceFor({ dataSource, useTopicAsDataSource }: TopicRoute, topic: string): DataSource {
  if (!useTopicAsDataSource) return dataSource;
  return { ...dataSource, name: topic, dataSchema: { ...dataSource.dataSchema, dataSource: topic } };
}

/** Matches the whole names of all topics that have a route. */
export const allTopics = ({ routes }: TranquilityKafka): RegExp =>
  new RegExp(routes.map(({ topics }) => topics.source).join('|'));
