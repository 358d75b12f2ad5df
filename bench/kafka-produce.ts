/** Writes a file's lines to a topic in a process of its own, kept as the program is, as fast as it can: batches as large as Java's beside it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { v8Flags } from '../src/cli/v8-flags.ts';
import { batchesOfLines, openCluster } from '../src/kafka/index.ts';
import type { Scribe } from '../test/services/kafka/scribe.ts';
import { kafkaTool } from '../test/services/kafka/tools.ts';
import { eventsFile } from './events.ts';
import { type Figure, median } from './report.ts';

interface WriteTask {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly file: string;
}

interface WriteResult {
  readonly events: number;
  /** From the first connection to the last acknowledgement. */
  readonly seconds: number;
}

const batchBytes = 1_000_000;
const pieceBytes = 2_000_000;
const piecesUnderWay = 4;

export async function produceFigures(bootstrapServers: string, scribe: Scribe, rounds: number): Promise<Figure[]> {
  const { path: file } = await eventsFile();
  const theirs: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [java, millrace] = [`written-java-${round}`, `written-${round}`];
    for (const topic of [java, millrace]) await scribe.createTopic(topic);
    const child = fork(fileURLToPath(import.meta.url), { execArgv: [...v8Flags] });
    child.send({ bootstrapServers, topic: millrace, file } satisfies WriteTask);
    const [{ events, seconds }] = (await once(child, 'message')) as [WriteResult];
    ours.push(events / seconds);
    theirs.push(await writeWithJava({ bootstrapServers, topic: java, file }, events));
    for (const topic of [java, millrace]) await scribe.deleteTopic(topic);
  }
  const [our, their] = [median(ours), median(theirs)];
  return [
    { name: 'write: ProducerPerformance', value: their, unit: 'events/s' },
    { name: 'write: millrace', value: our, unit: 'events/s' },
    { name: 'write: ratio', value: our / their, unit: '', goal: { atLeast: 1 } },
  ];
}

async function writeWithJava({ bootstrapServers, topic, file }: WriteTask, events: number): Promise<number> {
  const output = await kafkaTool('org.apache.kafka.tools.ProducerPerformance', [
    ...['--topic', topic],
    ...['--num-records', String(events)],
    ...['--throughput', '-1'],
    ...['--payload-file', file],
    ...['--producer-props', `bootstrap.servers=${bootstrapServers}`, 'acks=all', `batch.size=${batchBytes}`],
  ]);
  return Number(/ ([\d.]+) records\/sec/.exec(output.trim().split('\n').at(-1) ?? '')?.[1]);
}

async function write({ bootstrapServers, topic, file }: WriteTask): Promise<WriteResult> {
  await using handle = await open(file);
  const start = performance.now();
  await using cluster = openCluster({ 'bootstrap.servers': bootstrapServers });
  const producer = cluster.producer();
  let events = 0;
  const writePiece = async (bodies: readonly Uint8Array[]) => {
    const batches = batchesOfLines({ bodies, partitions: undefined, codec: 'none', batchBytes, timestamp: Date.now() });
    for (const { records } of batches) events += records;
    await Promise.all(batches.map(({ partition, bytes }) => producer.send(topic, partition, bytes)));
  };
  const underWay = new Set<Promise<void>>();
  let rest = Buffer.alloc(0);
  for (let position = 0; ; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(pieceBytes), 0, pieceBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const end = buffer.lastIndexOf(10, bytesRead - 1) + 1;
    const writing = writePiece([Buffer.concat([rest, buffer.subarray(0, end)])]).finally(() =>
      underWay.delete(writing),
    );
    underWay.add(writing);
    rest = buffer.subarray(end, bytesRead);
    if (underWay.size >= piecesUnderWay) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return { events, seconds: (performance.now() - start) / 1000 };
}

if (import.meta.main) {
  const [task] = (await once(process, 'message')) as [WriteTask];
  process.send?.(await write(task));
  process.disconnect();
}
