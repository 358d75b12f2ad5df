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
export const firstTimeMs = Date.UTC(2026, 0, 1);
const msPerEvent = 5;

const urls = Array.from({ length: 110 }, (_, i) => `/products/page-${String(i).padStart(3, '0')}`);
const countries = ['DE', 'FR', 'US', 'BR', 'IN', 'JP', 'NG', 'AU'];
const devices = ['desktop', 'mobile', 'tablet'];

/** A folder for the benches' own files, kept from run to run. */
export const benchFolder = join(tmpdir(), 'millrace-bench');

/** Writes the events unless they are there; gives the file's path and size. */
export async function eventsFile(count = eventCount): Promise<{ path: string; sizeBytes: number }> {
  mkdirSync(benchFolder, { recursive: true });
  const path = join(benchFolder, `pageviews-${count}-v1.ndjson`);
  if (!existsSync(path)) {
    await pipeline(Readable.from(blocks(count)), createWriteStream(`${path}.part`));
    renameSync(`${path}.part`, path);
  }
  return { path, sizeBytes: statSync(path).size };
}

function* blocks(count: number): Generator<string> {
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

/** How they are taken: minute rollup, hourly segments. */
export const dataSchema = {
  dataSource: 'bench',
  parser: {
    type: 'string',
    parseSpec: {
      format: 'json',
      timestampSpec: { column: 'time', format: 'auto' },
      dimensionsSpec: { dimensions: ['url', 'country', 'device'] },
    },
  },
  granularitySpec: { type: 'uniform', segmentGranularity: 'hour', queryGranularity: 'minute' },
  metricsSpec: [
    { type: 'count', name: 'views' },
    { type: 'longSum', name: 'latencyMs', fieldName: 'latencyMs' },
    { type: 'longSum', name: 'bytes', fieldName: 'bytes' },
  ],
};

/** The same as a Tranquility file, without a window. */
export const definition = (tranquilityPort: number) => ({
  dataSources: [
    {
      spec: {
        dataSchema,
        tuningConfig: { type: 'realtime', windowPeriod: 'PT10M', rejectionPolicy: { type: 'none' } },
      },
    },
  ],
  properties: { 'http.port': tranquilityPort },
});
