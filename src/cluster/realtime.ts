/**
 * What a realtime node's file asks for: Kafka's firehoses become supervisors of the overlord that read the topics, receivers pushed
 * dataSources. A realtime node had both in one; a supervisor has one stream.
 */
import { unsupported } from '../errors.ts';
import { clippedDataSource } from '../sources/firehoses/clip.ts';
import type { EventSource, RealtimeSpecs, StreamSource } from '../sources/firehoses/index.ts';
import { EventReceivers } from '../sources/receivers.ts';
import type { DataSource } from '../spec/data-source.ts';
import type { RealtimeSpec } from '../spec/realtime.ts';
import type { ClusterContext, Definitions, Pusher, RealtimeCluster } from './context.ts';
import type { Stream } from './supervisor-spec.ts';
import { superviseTopics } from './topic-supervisor.ts';

export interface RealtimeClusterContext extends ClusterContext {
  readonly definitions: Definitions;
  readonly pusher: Pusher;
}

/** Settled when the overlord knows all of them; the signal gives up. */
export async function openRealtime(
  context: RealtimeClusterContext,
  specs: RealtimeSpecs,
  signal: AbortSignal,
): Promise<RealtimeCluster> {
  const { definitions, pusher, log, now } = context;
  requireOneKafka(specs);
  // All mistakes are told before anything is changed.
  const planned = specs.map((spec) => ({ dataSource: clipped(spec), topics: topicsOf(spec) }));
  const submit = ({ name }: DataSource, events: Parameters<EventReceivers['push']>[1]) =>
    pusher.push({ ...events, dataSource: name, format: 'json' });
  const receivers = new EventReceivers({ submit, now }, specs);
  for (const { dataSource, topics } of planned) {
    if (!topics) {
      await definitions.define(dataSource, { signal });
      continue;
    }
    for (const warning of topics.warnings) log.warn({ dataSource: dataSource.name }, warning);
    const stream = { ...topics.stream, consumerProperties: context.kafkaProperties };
    await superviseTopics(context, { dataSource, stream, begin: async () => new Map() }, signal);
    log.info({ dataSource: dataSource.name, ...stream.topics }, "read by the overlord's supervisor");
  }
  return { receivers };
}

function requireOneKafka(specs: RealtimeSpecs): void {
  const brokers = specs.flatMap(({ firehose, place }) =>
    firehose.flatMap((source) =>
      source.kind === 'stream' && source.kafka
        ? [{ servers: source.kafka.properties['bootstrap.servers'], place }]
        : [],
    ),
  );
  const other = brokers.find(({ servers }) => servers !== brokers[0]?.servers);
  if (!other) return;
  throw unsupported(
    `on a Druid cluster all firehoses read one Kafka; this one reads ${other.servers}, others ${brokers[0]?.servers}`,
    { place: other.place },
  );
}

type Spec = RealtimeSpec<readonly EventSource[]>;

/** One definition stands for all of a dataSource's sources. */
function clipped({ dataSource, firehose, place }: Spec): DataSource {
  const [first, ...others] = firehose;
  const clips = JSON.stringify(first?.clips ?? []);
  if (others.some((other) => JSON.stringify(other.clips) !== clips))
    throw unsupported('on a Druid cluster all firehoses of a dataSource are clipped to the same intervals', { place });
  return clippedDataSource(dataSource, first?.clips ?? []);
}

interface Topics {
  readonly stream: Omit<Stream, 'origin' | 'consumerProperties'>;
  readonly warnings: readonly string[];
}

/** Undefined where events are pushed. */
function topicsOf({ firehose, place }: Spec): Topics | undefined {
  const streams = firehose.filter((source) => source.kind === 'stream');
  if (streams.length === 0) return undefined;
  const fail = (message: string) => unsupported(message, { place });
  if (streams.length < firehose.length)
    throw fail(
      'on a Druid cluster a dataSource is either read from Kafka or posted to: a supervisor has one stream. Send what is posted to the topic.',
    );
  const kafka = streams.map((source) => {
    if (source.kafka) return source.kafka;
    throw fail(
      "on a Druid cluster files are not read: push them, as in curl --data-binary @file localhost:8888/v1/post/NAME, to a dataSource that 'millrace server' or 'serve' defines",
    );
  });
  if (streams.some(({ untilMs }) => untilMs !== undefined))
    throw fail("on a Druid cluster a supervisor is not shut off at a time; take 'timed' out, and terminate it then");
  const starts = new Set(streams.map(({ start }) => start));
  if (starts.size > 1)
    throw fail(
      "on a Druid cluster all topics of a dataSource begin at the same end; give them one 'auto.offset.reset'",
    );
  const topics = [...new Set(kafka.map(({ topic }) => topic))];
  const [only = '', ...others] = topics;
  return {
    stream: {
      topics: others.length === 0 ? { topic: only } : { topicPattern: topics.map(quoted).join('|') },
      start: (streams[0] as StreamSource).start,
    },
    warnings: streams.flatMap(({ warnings }) => warnings),
  };
}

/** A topic's name holds nothing else that means something to a regular expression. */
const quoted = (topic: string) => topic.replaceAll('.', '\\.');
