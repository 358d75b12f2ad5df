/** Which topics each dataSource of a Tranquility Kafka's file reads, in the words of a supervisor. */
import type { DataSource } from '../spec/data-source.ts';
import { dataSourceFor, routeOf, type TranquilityKafka } from '../spec/tranquility-kafka.ts';

export interface PlannedRoute {
  readonly dataSource: DataSource;
  readonly topics: { readonly topic: string } | { readonly topicPattern: string };
  /** Whether a topic is one of these. */
  readonly matches: (topic: string) => boolean;
  /** The topic, or the dataSource where several topics go to it. */
  readonly shown: string;
}

/** A whole name in which nothing has a meaning to a regular expression. */
const literal = /^\^\(\?:([\w-]+)\)\$$/;
const matchesNothing = '^(?:(?!))$';

/** @param topics those that there are now: a dataSource of a topic's own name is made only for these. */
export function plannedRoutes(spec: TranquilityKafka, topics: readonly string[]): readonly PlannedRoute[] {
  return spec.routes.flatMap((route, index): readonly PlannedRoute[] => {
    if (route.topics.source === matchesNothing) return [];
    const matches = (topic: string) => routeOf(spec, topic) === route;
    if (route.useTopicAsDataSource)
      return topics.filter(matches).map((topic) => ({
        ...ofTopic(topic),
        dataSource: dataSourceFor(route, topic),
        matches: (one) => one === topic,
      }));
    const { dataSource } = route;
    const name = literal.exec(route.topics.source)?.[1];
    // One of a higher priority takes it.
    if (name !== undefined && !matches(name)) return [];
    if (name !== undefined) return [{ ...ofTopic(name), dataSource, matches }];
    // Java's expressions and ours agree in this: what a higher one matches is none of this one's.
    const higher = spec.routes.slice(0, index).map(({ topics: { source } }) => `(?!${source})`);
    const topicPattern = [...higher, route.topics.source].join('');
    return [{ topics: { topicPattern }, dataSource, matches, shown: dataSource.name }];
  });
}

const ofTopic = (topic: string) => ({ topics: { topic }, shown: topic });
