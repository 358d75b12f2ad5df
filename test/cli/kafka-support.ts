/** `millrace kafka` as processes, on a real broker, for the tests of a file. */
import assert from 'node:assert/strict';
import { after, type TestContext } from 'node:test';
import { post } from '../server/support.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { sharedKafka } from '../services/on-demand.ts';
import { settled } from '../support/supervised.ts';
import { type Serving, startCommand } from './support.ts';

/** A broker, and a Java client with a producer `writer`. */
export async function brokerForTests(): Promise<{ readonly bootstrapServers: string; readonly scribe: Scribe }> {
  const { bootstrapServers, release } = await sharedKafka();
  const scribe = new Scribe(bootstrapServers);
  after(async () => {
    await scribe.stop();
    await release();
  });
  await scribe.openProducer('writer');
  return { bootstrapServers, scribe };
}

/** Topics and groups are of this run. */
export const own = (name: string) => `tk-${name}-${process.pid}`;

export interface Reader extends Serving {
  /** What it has logged by now. */
  log(): string;
}

export async function startReader(t: TestContext, file: string, data: string, option = '-configFile'): Promise<Reader> {
  const serving = await startCommand(t, ['kafka', option, file, '--data', data]);
  let log = '';
  serving.child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  return { ...serving, log: () => log };
}

export const isReading = (reader: Reader, times = 1) =>
  settled(async () => assert.ok(reader.log().split('reading what the group').length > times, reader.log()));

/** Each dataSource has `key` as its dimension, counts its events, sums their `n`, and takes events of all times. */
export function fileOf(
  bootstrapServers: string,
  own: Readonly<Record<string, object>>,
  shared: Readonly<Record<string, unknown>>,
): string {
  const dataSources = Object.entries(own).map(([dataSource, properties]) => ({
    spec: {
      dataSchema: {
        dataSource,
        parser: {
          parseSpec: {
            format: 'json',
            timestampSpec: { column: 'time', format: 'auto' },
            dimensionsSpec: { dimensions: ['key'] },
          },
        },
        granularitySpec: { segmentGranularity: 'day', queryGranularity: 'hour' },
        metricsSpec: [
          { type: 'count', name: 'events' },
          { type: 'longSum', name: 'n', fieldName: 'n' },
        ],
      },
      tuningConfig: { rejectionPolicy: { type: 'none' } },
    },
    properties,
  }));
  const ofAll = { 'kafka.bootstrap.servers': bootstrapServers, 'commit.periodMillis': 100, ...shared };
  return JSON.stringify({ dataSources, properties: ofAll });
}

export const event = (key: string, n: number) => JSON.stringify({ time: '2026-06-01T00:00:00Z', key, n });

/** By key: the number of events, and the sum of their `n`. */
export async function kept(
  url: string,
  dataSource: string,
): Promise<Readonly<Record<string, readonly [number, number]>>> {
  const query = {
    queryType: 'groupBy',
    dataSource,
    granularity: 'all',
    intervals: '2000/2100',
    dimensions: ['key'],
    aggregations: ['events', 'n'].map((name) => ({ type: 'longSum', name, fieldName: name })),
  };
  const rows = JSON.parse((await post(`${url}/druid/v2`, JSON.stringify(query))).text) as {
    event: { key: string; events: number; n: number };
  }[];
  return Object.fromEntries(rows.map(({ event: { key, events, n } }) => [key, [events, n]]));
}

/** Lines of `key<i mod 5>` and n from 0 up, and what is kept of them. */
export function manyEvents(count: number) {
  const lines = Array.from({ length: count }, (_, n) => event(`key${n % 5}`, n));
  const each = count / 5;
  // n = key, key + 5, …: the first `each` of them.
  const rows = Array.from({ length: 5 }, (_, key): [string, readonly [number, number]] => [
    `key${key}`,
    [each, each * key + (5 * each * (each - 1)) / 2],
  ]);
  return { text: lines.map((line) => `${line}\n`).join(''), rows: Object.fromEntries(rows) };
}

/** As if all had come so many times. */
export const times = (factor: number, rows: Readonly<Record<string, readonly [number, number]>>) =>
  Object.fromEntries(Object.entries(rows).map(([key, [events, n]]) => [key, [factor * events, factor * n]]));
