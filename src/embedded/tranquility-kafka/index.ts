/**
 * Tranquility Kafka: topics into dataSources by their names. Processes with the same file share the partitions through Kafka's
 * consumer group, each with its own store; positions commit with the rows, and the group is told of them.
 * https://github.com/druid-io/tranquility/blob/master/docs/kafka.md
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { MillraceError } from '../../errors.ts';
import { openKafkaStream } from '../../sources/kafka.ts';
import { openKafkaGroup } from '../../sources/kafka-group.ts';
import { allTopics, type TranquilityKafka } from '../../spec/tranquility-kafka.ts';
import { memberName } from '../../store/member-names.ts';
import { atPlace } from '../consumer-properties.ts';
import { Positions } from '../positions.ts';
import { Beginnings } from './beginnings.ts';
import type { TranquilityContext } from './context.ts';
import { ShareReader } from './share-reader.ts';

/**
 * Reads until the signal aborts; then all that was read is committed.
 * @throws MillraceError with what the file wants to be an error, and when reading cannot go on at all.
 */
export async function readTranquilityKafka(
  context: TranquilityContext,
  spec: TranquilityKafka,
  signal: AbortSignal,
): Promise<void> {
  const { log, metrics, store } = context;
  for (const warning of spec.warnings) log.warn(warning);
  const groupId = String(spec.consumerProperties['group.id']);
  const positions = new Positions(store, `tranquility-kafka/${groupId}`);
  const newName = `millrace-${hostname()}-${randomBytes(6).toString('hex')}`;
  const name = await store.transaction((transaction) => memberName(transaction, groupId, newName));
  const topics = allTopics(spec);
  const consumerProperties = { 'group.instance.id': name, ...spec.consumerProperties };
  const { stream, group } = await atPlace(consumerProperties, spec.placeOf, () => ({
    stream: openKafkaStream({ topic: null, topicPattern: topics.source, consumerProperties }),
    group: openKafkaGroup({
      topics,
      consumerProperties,
      onTrouble: ({ code, message }) => log.warn({ group: groupId, code }, `${message} It is tried again.`),
    }),
  }));
  const beginnings = new Beginnings(spec.offsetReset);
  const failed = new AbortController();
  const onFailure = (error: MillraceError) => failed.abort(error);
  let reader: ShareReader | undefined;
  metrics.beforeExposition(() => {
    for (const [partition, lag] of reader?.lags() ?? [])
      metrics.streamLag.set({ supervisor: positions.source, partition }, Number(lag));
  });
  try {
    for await (const share of group.shares(AbortSignal.any([signal, failed.signal]))) {
      reader = new ShareReader({ context, spec, stream, positions, beginnings, onFailure }, share);
      await reader.run();
    }
  } finally {
    reader = undefined;
    await Promise.all([stream.close(), group.close()]);
  }
  failed.signal.throwIfAborted();
}
