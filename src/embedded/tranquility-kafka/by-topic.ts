/** A batch of several topics as one for each of them. */
import type { BatchStep, PartitionName, PartitionProgress, StreamBatch } from '../../sources/stream.ts';

/** A topic's name holds no slash. */
export const topicOf = (partition: PartitionName): string => partition.slice(0, partition.indexOf('/'));

/** The topic's batches, each in the order of its partitions. What is of one topic is not copied. */
export function byTopic(batch: StreamBatch): ReadonlyMap<string, StreamBatch> {
  const topics = new Set([...batch.progress.keys()].map(topicOf));
  const { steps = [] } = batch;
  const [only] = topics;
  if (topics.size === 1 && only !== undefined) return new Map([[only, batch]]);
  const found = new Map<string, { readonly steps: BatchStep[]; readonly lines: Uint8Array[] }>();
  let start = 0;
  for (const step of steps) {
    const topic = topicOf(step.partition);
    const ofTopic = found.get(topic) ?? { steps: [], lines: [] };
    found.set(topic, ofTopic);
    ofTopic.steps.push(step);
    ofTopic.lines.push(batch.lines.subarray(start, start + step.lineBytes));
    start += step.lineBytes;
  }
  return new Map([...found].map(([topic, { steps: own, lines }]) => [topic, batchOf(batch, own, lines)]));
}

function batchOf({ latest }: StreamBatch, steps: readonly BatchStep[], lines: readonly Uint8Array[]): StreamBatch {
  const progress = new Map<PartitionName, PartitionProgress>();
  for (const { partition, from, to, origin } of steps)
    progress.set(partition, { from: progress.get(partition)?.from ?? from, to, origin });
  const sum = (count: (step: BatchStep) => number) => steps.reduce((total, step) => total + count(step), 0);
  const [records, bytes] = [sum((step) => step.records), sum((step) => step.bytes)];
  return { lines: Buffer.concat(lines), records, bytes, progress, steps, latest };
}
