/**
 * From one Kafka cluster to another, beside MirrorMaker 1 and 2 in the same run: two brokers, all on this machine, the same topics of 2
 * partitions, each mirror in turn as a process of its own. Rates, CPU seconds and memory of a catch-up by codec and batch size; with
 * 40 ms of round trip to the target; and the latency of records that come at an even pace.
 */
import { execFileSync } from 'node:child_process';
import { MirrorClusters, roundTripMs, type SourceTopic } from './mirror-clusters.ts';
import { type Drained, drain } from './mirror-drain.ts';
import { measureMirrorLatency } from './mirror-latency.ts';
import {
  type Mirror,
  millraceAtLeastOnce,
  millraceExactlyOnce,
  mirrorMaker1,
  mirrorMaker2,
  mirrorMaker2ExactlyOnce,
  mirrorMaker2Tuned,
  mirrorMaker2TunedExactlyOnce,
} from './mirrors.ts';
import { type Figure, median } from './report.ts';

export interface MirrorBenchOptions {
  readonly records: number;
  /** One codec and large batches, ours and MirrorMaker 2 as it is tuned. */
  readonly isQuick: boolean;
  /** In each of them every mirror has its turn; the medians count. */
  readonly rounds: number;
}

const ours = [millraceAtLeastOnce, millraceExactlyOnce];
const theirs = [mirrorMaker1, mirrorMaker2, mirrorMaker2Tuned, mirrorMaker2ExactlyOnce, mirrorMaker2TunedExactlyOnce];
const all = [...theirs, ...ours];
const kibibyte = 1024;

interface Part {
  readonly codec: string;
  readonly batchKb: number;
  readonly mirrors: readonly Mirror[];
  readonly goals: Goals;
  /** Of the records; all of them unless it is given. */
  readonly share?: number;
  /** Mirrored over a long way once more. */
  readonly isDistant?: boolean;
}

/** How many times the rate of tuned MirrorMaker 2 ours is to have; the goals of what it takes go with large batches. */
interface Goals {
  readonly timesTuned?: number;
  readonly hasAll: boolean;
}

/** Small batches take MirrorMaker 2, and the producer that fills the topic, minutes. */
const shareOfSmall = 1 / 4;

const parts: readonly Part[] = [
  { codec: 'none', batchKb: 64, mirrors: all, goals: { timesTuned: 5, hasAll: true } },
  { codec: 'lz4', batchKb: 64, mirrors: all, goals: { timesTuned: 7, hasAll: true }, isDistant: true },
  { codec: 'zstd', batchKb: 64, mirrors: all, goals: { timesTuned: 7, hasAll: true } },
  ...['none', 'lz4', 'zstd'].map((codec) => ({
    codec,
    batchKb: 16,
    mirrors: [mirrorMaker2Tuned, ...ours],
    goals: { hasAll: false },
    share: shareOfSmall,
  })),
  ...['none', 'lz4'].map((codec) => ({
    codec,
    batchKb: 1,
    mirrors: [mirrorMaker2Tuned, ...ours],
    goals: { timesTuned: 3, hasAll: false },
    share: shareOfSmall,
  })),
];

const quickParts = parts.slice(1, 2).map((part) => ({ ...part, mirrors: [mirrorMaker2Tuned, ...ours] }));

export async function mirrorBench({ records, isQuick, rounds }: MirrorBenchOptions): Promise<Figure[]> {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const clusters = await MirrorClusters.start();
  try {
    await warmUp(clusters, records);
    const figures: Figure[] = [];
    for (const part of isQuick ? quickParts : parts)
      figures.push(...(await partFigures(clusters, part, { records, rounds })));
    for (const mirror of isQuick ? ours : [mirrorMaker2, mirrorMaker2TunedExactlyOnce, ...ours])
      figures.push(...(await latencyFigures(clusters, mirror)));
    return figures;
  } finally {
    await clusters.stop();
  }
}

/** The brokers' own code is compiled while the first millions of records go through: not while the first of the mirrors is measured. */
async function warmUp(clusters: MirrorClusters, records: number): Promise<void> {
  const topic = await clusters.fill('lz4', 32 * kibibyte, records);
  for (const mirror of ours) await drain(mirror, clusters, topic);
  await clusters.deleteOnSource(topic.topic);
}

async function partFigures(
  clusters: MirrorClusters,
  part: Part,
  { records, rounds }: Pick<MirrorBenchOptions, 'records' | 'rounds'>,
): Promise<Figure[]> {
  const { codec, batchKb, mirrors, goals, share = 1 } = part;
  const topic = await clusters.fill(codec, batchKb * kibibyte, records * share);
  const name = `${codec}, ${batchKb} KB`;
  const results = await byTurns(mirrors, rounds, (mirror) => drain(mirror, clusters, topic));
  const figures = [...results].flatMap(([mirror, result]) => drainedFigures(name, mirror, result));
  figures.push(...comparisons(name, results, goals));
  if (part.isDistant) figures.push(...(await distantFigures(clusters, name, { topic, local: results, rounds })));
  await clusters.deleteOnSource(topic.topic);
  return figures;
}

async function byTurns(
  mirrors: readonly Mirror[],
  rounds: number,
  drainOne: (mirror: Mirror) => Promise<Drained>,
): Promise<ReadonlyMap<Mirror, Drained>> {
  const drained = new Map<Mirror, Drained[]>(mirrors.map((mirror) => [mirror, []]));
  for (let round = 0; round < rounds; round++)
    for (const [mirror, results] of drained) results.push(await drainOne(mirror));
  return new Map([...drained].map(([mirror, results]) => [mirror, medians(results)]));
}

/** What one of them lacks, all of them do. */
function medians(results: readonly Drained[]): Drained {
  const of = (field: keyof Drained) => median(results.map((result) => result[field] ?? Number.NaN));
  const known = (field: keyof Drained) => (results[0]?.[field] === undefined ? undefined : of(field));
  return {
    recordsPerSecond: of('recordsPerSecond'),
    warmRecordsPerSecond: of('warmRecordsPerSecond'),
    cpuSeconds: known('cpuSeconds'),
    peakRssMb: known('peakRssMb'),
  };
}

function drainedFigures(part: string, mirror: Mirror, drained: Drained): Figure[] {
  const { recordsPerSecond, warmRecordsPerSecond, cpuSeconds, peakRssMb } = drained;
  const name = `${part}: ${mirror.name}`;
  const figures: Figure[] = [
    { name, value: recordsPerSecond / 1000, unit: 'k records/s' },
    { name: `${name}, second half`, value: warmRecordsPerSecond / 1000, unit: 'k records/s' },
  ];
  if (cpuSeconds !== undefined) figures.push({ name: `${name}, CPU`, value: cpuSeconds, unit: 's' });
  const goal = ours.includes(mirror) ? { goal: { atMost: 200 } } : {};
  if (peakRssMb !== undefined) figures.push({ name: `${name}, peak RSS`, value: peakRssMb, unit: 'MB', ...goal });
  return figures;
}

function comparisons(name: string, results: ReadonlyMap<Mirror, Drained>, goals: Goals): Figure[] {
  const ratio = (
    what: string,
    [one, other]: readonly [Mirror, Mirror],
    of: (drained: Drained) => number | undefined,
    goal: Figure['goal'],
  ): Figure[] => {
    const [a, b] = [one, other].map((mirror) => {
      const result = results.get(mirror);
      return result === undefined ? undefined : of(result);
    });
    if (a === undefined || b === undefined) return [];
    const label = `${name}: ${one.name} to ${other.name}${what}`;
    return [{ name: label, value: a / b, unit: '', ...(goal && { goal }) }];
  };
  const rate = (drained: Drained) => drained.recordsPerSecond;
  const onlyLarge = (goal: NonNullable<Figure['goal']>) => (goals.hasAll ? goal : undefined);
  const { timesTuned } = goals;
  return [
    ...ratio(
      '',
      [millraceAtLeastOnce, mirrorMaker2Tuned],
      rate,
      timesTuned === undefined ? undefined : { atLeast: timesTuned },
    ),
    ...ratio('', [millraceExactlyOnce, mirrorMaker2ExactlyOnce], rate, onlyLarge({ atLeast: 10 })),
    ...ratio('', [millraceExactlyOnce, mirrorMaker2TunedExactlyOnce], rate, undefined),
    ...ratio('', [millraceAtLeastOnce, mirrorMaker1], rate, onlyLarge({ atLeast: 2.5 })),
    ...ratio('', [millraceExactlyOnce, millraceAtLeastOnce], rate, onlyLarge({ atLeast: 0.85 })),
    ...ratio(
      ', CPU',
      [millraceAtLeastOnce, mirrorMaker2Tuned],
      ({ cpuSeconds }) => cpuSeconds,
      onlyLarge({ atMost: 1 / 20 }),
    ),
  ];
}

async function distantFigures(
  clusters: MirrorClusters,
  name: string,
  { topic, local, rounds }: { topic: SourceTopic; local: ReadonlyMap<Mirror, Drained>; rounds: number },
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const overALongWay = (mirror: Mirror) => drain(mirror, clusters, topic, clusters.distantTarget);
  for (const [mirror, { recordsPerSecond }] of await byTurns([mirrorMaker2Tuned, ...ours], rounds, overALongWay)) {
    const what = `${name}, ${roundTripMs} ms of round trip: ${mirror.name}`;
    const goal = ours.includes(mirror) ? { goal: { atLeast: 0.4 } } : {};
    figures.push(
      { name: what, value: recordsPerSecond / 1000, unit: 'k records/s' },
      { name: `${what}, of the rate nearby`, value: recordsPerSecond / rateOf(local, mirror), unit: '', ...goal },
    );
  }
  return figures;
}

const rateOf = (results: ReadonlyMap<Mirror, Drained>, mirror: Mirror): number =>
  results.get(mirror)?.recordsPerSecond ?? Number.NaN;

async function latencyFigures(clusters: MirrorClusters, mirror: Mirror): Promise<Figure[]> {
  const { p50Ms, p99Ms } = await measureMirrorLatency(mirror, clusters);
  const name = `1,000 records/s: ${mirror.name}`;
  const most = new Map([
    [millraceAtLeastOnce, 20],
    [millraceExactlyOnce, 150],
  ]).get(mirror);
  return [
    {
      name: `${name}, produce to target, p50`,
      value: p50Ms,
      unit: 'ms',
      ...(most !== undefined && { goal: { atMost: most } }),
    },
    { name: `${name}, produce to target, p99`, value: p99Ms, unit: 'ms' },
  ];
}
