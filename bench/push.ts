/** How fast events are taken, against the rate at which DuckDB alone reads and rolls up the same bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder, eventCount, eventsFile } from './events.ts';
import { type LoadResult, runLoad } from './load.ts';
import { RawDuckDB } from './raw.ts';
import { type Figure, median } from './report.ts';
import { peakRssBytes, startBenchServer } from './server.ts';

interface Mode {
  readonly name: string;
  readonly connections: number;
  readonly eventsPerBody: number;
  /** Of all events; the rate of single ones shows with fewer. */
  readonly share: number;
  readonly goal: { readonly ratio: number } | { readonly eventsPerSecond: number };
}

const modes: readonly Mode[] = [
  { name: '4 × 10,000 events', connections: 4, eventsPerBody: 10_000, share: 1, goal: { ratio: 0.35 } },
  { name: '32 × 1,000 events', connections: 32, eventsPerBody: 1_000, share: 1, goal: { ratio: 0.25 } },
  { name: '64 × single events', connections: 64, eventsPerBody: 1, share: 0.025, goal: { eventsPerSecond: 4_000 } },
];

interface Round extends LoadResult {
  readonly peakRssBytes: number | undefined;
}

export async function pushBench(rounds: number): Promise<Figure[]> {
  const events = await eventsFile();
  const raw = new RawDuckDB();
  await raw.run({ ingest: events.path }); // the file into the page cache
  const rawRates: number[] = [];
  const results = new Map<Mode, Round[]>(modes.map((mode) => [mode, []]));
  for (let round = 0; round < rounds; round++) {
    for (const mode of modes) {
      rawRates.push(eventCount / ((await raw.run({ ingest: events.path })).ms / 1000));
      results.get(mode)?.push(await runMode(mode, events));
    }
  }
  await raw.close();
  const rawRate = median(rawRates);
  return [
    { name: 'raw DuckDB, from the file', value: rawRate, unit: 'events/s' },
    ...modes.flatMap((mode) => figuresOf(mode, results.get(mode) ?? [], rawRate)),
  ];
}

function figuresOf({ name, goal }: Mode, rounds: readonly Round[], rawRate: number): Figure[] {
  const rate = median(rounds.map(({ acknowledgedEvents, seconds }) => acknowledgedEvents / seconds));
  const peaks = rounds.flatMap(({ peakRssBytes }) => (peakRssBytes === undefined ? [] : [peakRssBytes]));
  const rateGoal = 'eventsPerSecond' in goal ? { goal: { atLeast: goal.eventsPerSecond } } : {};
  const ratio: Figure[] =
    'ratio' in goal
      ? [{ name: `${name}: of raw`, value: rate / rawRate, unit: '', goal: { atLeast: goal.ratio } }]
      : [];
  const memory: Figure[] =
    peaks.length === 0
      ? []
      : [{ name: `${name}: peak RSS`, value: Math.max(...peaks) / 1e6, unit: 'MB', goal: { atMost: 500 } }];
  return [
    { name: `${name}: acknowledged`, value: rate, unit: 'events/s', ...rateGoal },
    ...ratio,
    { name: `${name}: p50`, value: median(rounds.map(({ p50Ms }) => p50Ms)), unit: 'ms' },
    { name: `${name}: p99`, value: Math.max(...rounds.map(({ p99Ms }) => p99Ms)), unit: 'ms', goal: { atMost: 500 } },
    { name: `${name}: retries after 503`, value: rounds.reduce((sum, { retries }) => sum + retries, 0), unit: '' },
    ...memory,
  ];
}

/** A fresh server and folder for each, so that no mode finds another one's rows. */
async function runMode(mode: Mode, events: { path: string; sizeBytes: number }): Promise<Round> {
  const folder = mkdtempSync(join(benchFolder, 'push-'));
  const server = await startBenchServer(folder);
  try {
    const result = await runLoad({
      port: Number(new URL(server.url).port),
      path: '/v1/post/bench',
      file: events.path,
      bytes: Math.floor(events.sizeBytes * mode.share),
      connections: mode.connections,
      eventsPerBody: mode.eventsPerBody,
    });
    return { ...result, peakRssBytes: peakRssBytes(server.pid) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
