/** How fast a mirror brings over a topic that is full, as the target's end offsets tell: the same for all mirrors. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from '../src/kafka/index.ts';
import type { FolderProcess } from '../test/services/folder-process.ts';
import { type MirrorClusters, partitions, type SourceTopic } from './mirror-clusters.ts';
import type { Mirror } from './mirrors.ts';
import { peakRssBytes } from './server.ts';

export interface Drained {
  /** From the first records seen to the last. */
  readonly recordsPerSecond: number;
  /** Of the second half: Java's compiler is done then. */
  readonly warmRecordsPerSecond: number;
  /** User's and system's, from the process's start to the last record; undefined where the system has no /proc. */
  readonly cpuSeconds: number | undefined;
  readonly peakRssMb: number | undefined;
}

const lookMs = 20;
/** So long nothing comes any more. Transactions are shorter. */
const quietMs = 2_000;
const patienceMs = 120_000;

interface Look {
  readonly atMs: number;
  readonly records: number;
}

/** @param target `bootstrap.servers` by which the mirror knows it. */
export async function drain(
  mirror: Mirror,
  clusters: MirrorClusters,
  { topic, records, codec }: SourceTopic,
  target = clusters.target,
): Promise<Drained> {
  await clusters.createOnTarget(topic);
  const process = mirror.start({ source: clusters.source, target, topic, codec });
  try {
    const [looks, usage] = await follow(process, clusters.target, topic, records);
    return { ...ratesOf(looks, records), ...usage };
  } catch (error) {
    throw new Error(`${mirror.name}, ${topic}: it wrote\n${process.output}`, { cause: error });
  } finally {
    await process.stop();
    await clusters.deleteOnTarget(topic);
  }
}

type Usage = Pick<Drained, 'cpuSeconds' | 'peakRssMb'>;

/** What changed, from the last look at an empty topic on, and what the process took for it. */
async function follow(process: FolderProcess, target: string, topic: string, wanted: number): Promise<[Look[], Usage]> {
  await using cluster = openCluster({ 'bootstrap.servers': target });
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const startMs = performance.now();
  let empty: Look = { atMs: startMs, records: 0 };
  const looks: Look[] = [];
  let usage = usageOf(process.pid);
  for (;;) {
    // Of read_committed readers. A transaction's marker is an offset, too: a handful among millions.
    const ends = await cluster.listOffsets(all, 'latest');
    const look = { atMs: performance.now(), records: ends.reduce((sum, { offset }) => sum + (offset ?? 0), 0) };
    const last = looks.at(-1) ?? empty;
    if (look.records === 0) empty = look;
    else if (look.records > last.records) {
      looks.push(look);
      usage = usageOf(process.pid);
    }
    const idleMs = look.atMs - (looks.at(-1)?.atMs ?? startMs);
    if (look.records >= wanted && idleMs > quietMs) return [[empty, ...looks], usage];
    if (process.hasEnded) throw new Error('the mirror ended');
    if (idleMs > patienceMs) throw new Error(`nothing came any more, after ${look.records} records`);
    await sleep(lookMs);
  }
}

function ratesOf(looks: readonly Look[], records: number): Pick<Drained, 'recordsPerSecond' | 'warmRecordsPerSecond'> {
  const end = looks.at(-1) as Look;
  const rateFrom = (first: Look) => (1000 * (records - first.records)) / (end.atMs - first.atMs);
  const before = (most: number) => looks.findLast((look) => look.records <= most) as Look;
  return {
    // A short topic may be there at the first look.
    recordsPerSecond: rateFrom(looks.length > 2 ? (looks[1] as Look) : (looks[0] as Look)),
    warmRecordsPerSecond: rateFrom(before(records / 2)),
  };
}

const ticksPerSecond = 100;

function usageOf(pid: number): Usage {
  const peak = peakRssBytes(pid);
  return { cpuSeconds: cpuSecondsOf(pid), peakRssMb: peak === undefined ? undefined : peak / 1e6 };
}

/** Fields 14 and 15 of /proc/PID/stat; the second one may hold spaces, in parentheses. */
function cpuSecondsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return undefined;
  }
}
