/** Reads a topic to its end in a process of its own, kept as the program is, as fast as it can. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { v8Flags } from '../src/cli/v8-flags.ts';
import { openCluster } from '../src/kafka/index.ts';

export interface ReadTask {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly partitions: number;
  readonly events: number;
}

export interface ReadResult {
  /** From the first connection to the last event. */
  readonly seconds: number;
  /** From when it is known who leads the partitions, as Java's from when they are assigned. */
  readonly fetchSeconds: number;
  readonly peakMemoryMb: number;
}

export async function readWithMillrace(task: ReadTask): Promise<ReadResult> {
  const child = fork(fileURLToPath(import.meta.url), { execArgv: [...v8Flags] });
  child.send(task);
  const [result] = (await once(child, 'message')) as [ReadResult];
  return result;
}

async function read({ bootstrapServers, topic, partitions, events }: ReadTask): Promise<ReadResult> {
  const start = performance.now();
  const cluster = openCluster({ 'bootstrap.servers': bootstrapServers });
  await cluster.metadata([topic]);
  const connected = performance.now();
  const assignments = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 }));
  let records = 0;
  for await (const fetched of cluster.fetch(assignments)) {
    if (fetched.kind === 'problem') throw fetched.error;
    records += fetched.records;
    if (records >= events) break;
  }
  const end = performance.now();
  await cluster.close();
  const [seconds, fetchSeconds] = [(end - start) / 1000, (end - connected) / 1000];
  return { seconds, fetchSeconds, peakMemoryMb: process.resourceUsage().maxRSS / 1024 };
}

if (import.meta.main) {
  const [task] = (await once(process, 'message')) as [ReadTask];
  process.send?.(await read(task));
  process.disconnect();
}
