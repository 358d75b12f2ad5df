/** All of a topic, as Kafka's own console consumer prints it. */
import { createHash } from 'node:crypto';
import { kafkaTool } from '../services/kafka/tools.ts';

export interface SeenPartition {
  readonly records: number;
  /** SHA-256 of the partition's lines in their order, each with timestamp, headers, key and value. */
  readonly sha256: string;
}

/** What a read_committed reader sees, by partition. */
export async function readAll(
  bootstrapServers: string,
  topic: string,
): Promise<Readonly<Record<string, SeenPartition>>> {
  const printed = ['print.timestamp', 'print.partition', 'print.headers', 'print.key'];
  const output = await kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', bootstrapServers],
    ...['--topic', topic, '--from-beginning'],
    ...['--isolation-level', 'read_committed'],
    // Nothing came for so long: the end.
    ...['--timeout-ms', '4000'],
    ...printed.flatMap((property) => ['--property', `${property}=true`]),
    ...['--property', 'null.literal=(null)'],
  ]);
  const lines = output.split('\n').slice(0, -1);
  const byPartition = Map.groupBy(lines, (line) => /\tPartition:(\d+)\t/.exec(line)?.[1] ?? 'none');
  const seen = [...byPartition].sort(([a], [b]) => Number(a) - Number(b));
  return Object.fromEntries(
    seen.map(([partition, its]) => [
      partition,
      { records: its.length, sha256: createHash('sha256').update(its.join('\n')).digest('hex') },
    ]),
  );
}
