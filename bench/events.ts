/**
 * The benches' input: 2,000,000 page views of about 140 bytes over 10,000 seconds, as NDJSON, or more at the same pace. They roll
 * up by minute to about 390,000 rows: 110 urls, the first ones often and the last ones seldom, × 8 countries × 3 devices.
 * The same seed gives the same bytes on every machine.
 */
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export const eventCount = 2_000_000;
const firstTimeMs = Date.UTC(2026, 0, 1);

/** What a bench's events are, and what becomes of them. Segments are hours. */
export interface BenchLoad {
  readonly name: string;
  readonly dataSource: string;
  readonly events: number;
  readonly msPerEvent: number;
  /** By minute; else each event is a row. */
  readonly rollup: boolean;
  readonly segments: number;
  /** Holds all of them. */
  readonly interval: readonly [string, string];
}

export const minutes: BenchLoad = {
  name: '2,000,000 events by minute',
  dataSource: 'bench',
  events: eventCount,
  msPerEvent: 5,
  rollup: true,
  segments: 3,
  interval: ['2026-01-01', '2026-01-02'],
};

export const hours: BenchLoad = {
  name: '5,000,000 rows in 500 hours',
  dataSource: 'hours',
  events: 5_000_000,
  msPerEvent: 360,
  rollup: false,
  segments: 500,
  interval: ['2026-01-01', '2026-01-22'],
};

const urls = Array.from({ length: 110 }, (_, i) => `/products/page-${String(i).padStart(3, '0')}`);
const countries = ['DE', 'FR', 'US', 'BR', 'IN', 'JP', 'NG', 'AU'];
const devices = ['desktop', 'mobile', 'tablet'];

/** A folder for the benches' own files, kept from run to run. */
export const benchFolder = join(tmpdir(), 'millrace-bench');

/** Writes the events unless they are there; gives the file's path and size. */
export async function eventsFile(
  count = eventCount,
  msPerEvent = minutes.msPerEvent,
): Promise<{ path: string; sizeBytes: number }> {
  mkdirSync(benchFolder, { recursive: true });
  const path = join(benchFolder, `pageviews-${count}-${msPerEvent}ms-v1.ndjson`);
  if (!existsSync(path)) {
    await pipeline(Readable.from(blocks(count, msPerEvent)), createWriteStream(`${path}.part`));
    renameSync(`${path}.part`, path);
  }
  return { path, sizeBytes: statSync(path).size };
}

function* blocks(count: number, msPerEvent: number): Generator<string> {
  const random = xorshift32(0x6d696c6c);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let i = 0; i < count; ) {
    let block = '';
    for (const end = Math.min(i + 10_000, count); i < end; i++) {
      const time = new Date(firstTimeMs + i * msPerEvent).toISOString();
      const url = urls[Math.min(below(urls.length), below(urls.length))];
      const country = countries[below(countries.length)];
      const device = devices[below(devices.length)];
      block += `{"time":"${time}","url":"${url}","country":"${country}","device":"${device}","user":"u${below(50_000)}","latencyMs":${below(900) + 10},"bytes":${below(90_000) + 500}}\n`;
    }
    yield block;
  }
}

/** Numbers from 0 up to 1; Marsaglia's xorshift with 32 bits of state. */
function xorshift32(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** How they are taken. */
export const dataSchemaOf = ({ dataSource, rollup }: BenchLoad) => ({
  dataSource,
  parser: {
    type: 'string',
    parseSpec: {
      format: 'json',
      timestampSpec: { column: 'time', format: 'auto' },
      dimensionsSpec: { dimensions: ['url', 'country', 'device'] },
    },
  },
  granularitySpec: {
    type: 'uniform',
    segmentGranularity: 'hour',
    queryGranularity: rollup ? 'minute' : 'none',
    rollup,
  },
  metricsSpec: [
    { type: 'count', name: 'views' },
    { type: 'longSum', name: 'latencyMs', fieldName: 'latencyMs' },
    { type: 'longSum', name: 'bytes', fieldName: 'bytes' },
  ],
});
export const dataSchema = dataSchemaOf(minutes);

/** The same as a Tranquility file, without a window. */
export const definition = (tranquilityPort: number, load: BenchLoad) => ({
  dataSources: [
    {
      spec: {
        dataSchema: dataSchemaOf(load),
        tuningConfig: { type: 'realtime', windowPeriod: 'PT10M', rejectionPolicy: { type: 'none' } },
      },
    },
  ],
  properties: { 'http.port': tranquilityPort },
});
