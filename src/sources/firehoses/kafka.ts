import { z } from 'zod';
import { missingBrokers, modernKafkaProperties } from '../../spec/old-kafka-properties.ts';
import type { EventSource, FirehoseType } from './define.ts';

const consumerProps = z.record(z.string(), z.unknown()).transform((given, context) => {
  const modern = modernKafkaProperties(given);
  const { properties, warnings } = modern;
  const fail = (message: string, path: string[] = []) =>
    context.issues.push({ code: 'custom', path, message, input: given });
  const missing = missingBrokers(modern, 'bootstrap.servers');
  if (missing !== undefined) fail(missing);
  const { 'group.id': group, 'auto.offset.reset': reset = 'latest' } = properties;
  if (typeof group !== 'string' || group === '') fail("expected 'group.id', under which the positions are kept");
  if (reset !== 'earliest' && reset !== 'latest')
    fail("expected smallest, largest, earliest or latest for 'auto.offset.reset'");
  return { properties, warnings, group: group as string, start: reset as 'earliest' | 'latest' };
});

export const kafka: FirehoseType = {
  type: 'kafka-*',
  summary:
    "Reads the topic `feed`, whatever version the type names. `consumerProps` are those of Kafka's consumers, old names included; `group.id` " +
    'names the positions, which are kept with the rows rather than in Kafka. A group that has not read the topic begins at `auto.offset.reset`.',
  schema: () =>
    z
      .object({ type: z.string(), consumerProps, feed: z.string().min(1), parser: z.unknown().optional() })
      .transform(({ consumerProps: { properties, warnings, group, start }, feed }): EventSource[] => [
        {
          kind: 'stream',
          name: `kafka/${group}/${feed}`,
          start,
          kafka: { topic: feed, properties },
          warnings,
          clips: [],
          async open() {
            // Kafka's client takes a while to load, which the others need not wait for.
            const { openKafkaStream } = await import('../kafka.ts');
            return openKafkaStream({ topic: feed, topicPattern: null, consumerProperties: properties });
          },
        },
      ]),
};
